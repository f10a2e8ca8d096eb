//! Time zones of places: that of the nearest city of the tables, unless a node names its own.

use jiff::tz::TimeZone;

use crate::domain::GeoPoint;
use crate::kernel::time::Span;
use crate::scenario::diagnostic::suggest;
use crate::scenario::section::Section;
use crate::scenario::spec::{LocalTime, LocalTimes, Node, Zone};
use crate::scenario::time_zone::{self, Start};
use crate::scenario::{city, unit};

/// `None` when the scenario names no time zone: all places have one clock.
pub fn local_times(
    top: &Section<'_>,
    start: LocalTime,
    horizon: Span,
    nodes: &[Node],
    zones: &[Zone],
) -> Option<LocalTimes> {
    let zone = time_zone(top)?;
    let Some(start) = Start::new(start, &zone, horizon) else {
        let message = "the years from start to the horizon are beyond what is known of time zones".into();
        top.report("E0206", "start", message, "write a start between the years 1970 and 9000");
        return None;
    };
    let mut clocks = Clocks { names: Vec::new(), times: LocalTimes::default() };
    for node in nodes {
        let name = node.time_zone.as_deref().unwrap_or_else(|| near(node.at));
        let clock = clocks.of(name, &start);
        clocks.times.nodes.push(clock);
    }
    for zone in zones {
        let clock = clocks.of(near(zone.at), &start);
        clocks.times.zones.push(clock);
    }
    Some(clocks.times)
}

/// The zone that a section's `time-zone` names; a name that nobody knows is told.
pub fn time_zone(keys: &Section<'_>) -> Option<TimeZone> {
    let name = keys.maybe_text("time-zone")?;
    let found = time_zone::find(&name);
    if found.is_none() {
        let names = time_zone::names();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let message = format!("unknown time zone \"{}\"", unit::short(&name));
        keys.report("E0204", "time-zone", message, suggest(&name, &known));
    }
    found
}

fn near(at: GeoPoint) -> &'static str {
    city::nearest(at).time_zone
}

struct Clocks {
    names: Vec<String>,
    times: LocalTimes,
}

impl Clocks {
    fn of(&mut self, name: &str, start: &Start) -> u16 {
        if let Some(known) = self.names.iter().position(|known| known == name) {
            return known as u16;
        }
        // A name that nobody knows was told where it was read.
        let zone = time_zone::find(name).unwrap_or(TimeZone::UTC);
        self.names.push(name.to_owned());
        self.times.clocks.push(start.clock(&zone));
        self.names.len() as u16 - 1
    }
}
