//! Movement: yards of hubs, days of carriers, peak prices.

use super::{Of, Rows, mean};
use crate::metrics::{CarrierDays, CostLine, Metrics, YardSeen};
use crate::model::Model;
use crate::report::document::Unit;
use crate::sim::{LaneOutcome, Outcome};

impl Rows<'_> {
    pub(super) fn movement(&mut self, model: &Model) {
        let Some(movement) = model.movement.as_deref() else { return };
        for (node, room) in movement.floors.iter().enumerate() {
            if let Some(room) = *room {
                self.yard(&format!("yard @ {}", model.nodes[node].name), node, room);
            }
        }
        for (carrier, name) in model.carrier_names.iter().enumerate() {
            if movement.days.get(carrier).is_some_and(Option::is_some) {
                self.days(&format!("days of {name}"), carrier);
            }
        }
    }

    /// What the sky was, and what it did; of the vehicles on top, what they took.
    pub(super) fn roads(&mut self, model: &Model) {
        let Some(movement) = model.movement.as_deref() else { return };
        if let Some(weather) = &movement.weather {
            for (region, facts) in weather.regions.iter().enumerate() {
                let part = format!("weather {}", facts.name);
                for (index, state) in weather.climates[facts.climate].states.iter().enumerate() {
                    self.add(&part, &state.name, Unit::Share, |seen| {
                        let hours = &seen.movement.skies[region];
                        mean(hours[index] as f64, hours.iter().sum())
                    });
                }
            }
            let part = "weather";
            let roads: [(&str, Of<u64>); 3] = [
                ("departures held", |seen| seen.movement.roads.cancelled),
                ("parcels left by them", |seen| seen.movement.roads.held),
                ("parcels delayed", |seen| seen.movement.roads.delayed),
            ];
            self.counts(part, &roads);
            self.add(part, "delay of those", Unit::Seconds, |seen| {
                mean(seen.movement.roads.delayed_us as f64 / 1e6, seen.movement.roads.delayed)
            });
        }
        if movement.ad_hoc.is_some() {
            self.ad_hoc();
        }
        if movement.weighs.is_some() {
            let rolled = |run: &Outcome| run.lanes.iter().map(|lane| lane.rolled_over).sum::<u64>();
            let by_volume = |run: &Outcome| run.lanes.iter().map(|lane| lane.by_volume).sum::<u64>();
            self.of_outcome("docks", "rolled over", Unit::Count, |run| (rolled(run) - by_volume(run)) as f64);
            self.of_outcome("docks", "for want of volume", Unit::Count, |run| by_volume(run) as f64);
        }
    }

    fn ad_hoc(&mut self) {
        let part = "ad-hoc trucks";
        let sum = |of: fn(&LaneOutcome) -> u64| move |run: &Outcome| run.lanes.iter().map(of).sum::<u64>();
        let (trucks, parcels) = (sum(|lane| lane.ad_hoc), sum(|lane| lane.ad_hoc_parcels));
        self.of_outcome(part, "left", Unit::Count, |run| trucks(run) as f64);
        self.of_outcome(part, "parcels", Unit::Count, |run| parcels(run) as f64);
        self.of_outcome(part, "lanes that ordered", Unit::Count, |run| {
            run.lanes.iter().filter(|lane| 0 < lane.ad_hoc).count() as f64
        });
        self.add(part, "cost", Unit::MinorMoney, |seen| seen.costs.of(CostLine::AdHoc));
    }

    /// What peaks cost is told of every carrier that has some.
    pub(super) fn peaks(&mut self, model: &Model) {
        for (carrier, name) in model.carrier_names.iter().enumerate() {
            if !model.network.has_peaks(crate::domain::CarrierId(carrier as u8)) {
                continue;
            }
            let part = format!("peak of {name}");
            let mut add = |measure: &str, unit, of: fn(&CarrierDays) -> f64| {
                self.add(&part, measure, unit, |seen| of(&seen.movement.carriers[carrier]));
            };
            add("parcels", Unit::Count, |days| days.surcharged as f64);
            add("surcharge", Unit::MinorMoney, |days| days.surcharge as f64);
        }
    }

    fn yard(&mut self, part: &str, node: usize, room: u32) {
        let yard = move |seen: &Metrics| seen.movement.yards[node];
        let mut add = |measure: &str, unit, of: fn(&YardSeen) -> f64| {
            self.add(part, measure, unit, |seen| of(&yard(seen)));
        };
        add("trucks", Unit::Count, |yard| yard.trucks as f64);
        add("trucks that waited", Unit::Count, |yard| yard.trucks_waited as f64);
        add("parcels in them", Unit::Count, |yard| yard.parcels_waited as f64);
        add("waited in all", Unit::Seconds, |yard| yard.waited_us as f64 / 1e6);
        add("wait of those", Unit::Seconds, |yard| mean(yard.waited_us as f64 / 1e6, yard.trucks_waited));
        add("trucks at once", Unit::Count, |yard| yard.peak_yard as f64);
        add("parcels on the floor", Unit::Count, |yard| yard.peak as f64);
        self.add(part, "floor filled at most", Unit::Share, |seen| mean(yard(seen).peak as f64, room.into()));
    }

    fn days(&mut self, part: &str, carrier: usize) {
        let mut add = |measure: &str, unit, of: fn(&CarrierDays) -> f64| {
            self.add(part, measure, unit, |seen| of(&seen.movement.carriers[carrier]));
        };
        add("parcels", Unit::Count, |days| days.asked as f64);
        add("to another carrier", Unit::Count, |days| days.overflowed as f64);
        add("share of them", Unit::Share, |days| mean(days.overflowed as f64, days.asked));
        add("for another day", Unit::Count, |days| days.postponed as f64);
        add("wait of those", Unit::Seconds, |days| mean(days.postponed_us as f64 / 1e6, days.postponed));
    }
}
