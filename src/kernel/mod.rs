//! WHEN: time, calendar, random draws, distributions, stations, disciplines, shift schedules.
//! Knows no orders.
//!
//! The user of the kernel owns the loop; nothing is boxed and nothing is called back:
//!
//! ```
//! use ordermill::kernel::calendar::{Calendar, Class};
//! use ordermill::kernel::station::{Discipline, Job, Station};
//! use ordermill::kernel::time::{Moment, Span};
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
//! enum Event { Packed(u32), Arrived(u32) }
//!
//! let mut calendar = Calendar::new();
//! let mut packers = Station::new(1, Discipline::Fifo);
//! calendar.push(Moment(0), Class::Arrival, Event::Arrived(7));
//! calendar.push(Moment(5), Class::Arrival, Event::Arrived(8));
//! let mut packed = Vec::new();
//! while let Some((now, event)) = calendar.pop_until(Moment(100)) {
//!     let started = match event {
//!         Event::Arrived(order) => {
//!             packers.arrive(now, Job { token: order.into(), work: Span(30), rank: 0 })
//!         }
//!         Event::Packed(order) => {
//!             packed.push((now, order));
//!             packers.complete(now)
//!         }
//!     };
//!     if let Some(start) = started {
//!         calendar.push(start.done, Class::Completion, Event::Packed(start.token as u32));
//!     }
//! }
//! assert_eq!(packed, [(Moment(30), 7), (Moment(60), 8)]);
//! ```

mod buckets;
pub mod calendar;
pub mod delay_line;
pub mod draw;
pub mod law;
mod ln;
pub mod normal;
pub mod pick;
pub mod plain;
pub(crate) mod plant;
pub mod prefetch;
pub mod rate;
pub mod record;
pub mod shift;
pub mod station;
mod table;
pub mod time;
