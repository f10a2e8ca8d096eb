//! How goods move beside the timetable: peak days, trucks ordered on top, weather.

use super::{LocalTime, Money, Span};

/// Days on which a carrier charges more: from the first instant to before the last.
#[derive(Debug, Clone, PartialEq)]
pub struct PeakDays {
    pub from: LocalTime,
    pub to: LocalTime,
    pub per_parcel: Money,
    /// Of the freight.
    pub share: f64,
}

/// Vehicles that are ordered when a dock holds too much after a departure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdHoc {
    /// Of a vehicle's capacity.
    pub above: f64,
    /// From the order to the departure.
    pub lead: Span,
    /// What it costs, as a share of the lane's own vehicle.
    pub premium: f64,
}

/// Weather of some nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Climate {
    pub name: String,
    /// Empty: all that no other climate names.
    pub nodes: Vec<String>,
    /// One sky for all of them.
    pub together: bool,
    pub states: Vec<WeatherState>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WeatherState {
    pub name: String,
    /// Shares of the states an hour later; they add up to 1.
    pub next: Vec<f64>,
    /// Of full speed.
    pub speed: f64,
    /// Share of departures that do not leave.
    pub closed: f64,
}
