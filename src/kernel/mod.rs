//! WHEN: time, calendar, random draws, distributions, stations, disciplines, shift schedules.
//! Knows no orders.

pub mod time;
