//! Figures of the contact center: what was asked, who answered how soon, and what it cost.

use super::super::document::Unit;
use super::{Rows, mean};
use crate::domain::Intent;
use crate::metrics::{CostLine, DeskSeen, Metrics};
use crate::model::{Model, Service, ServiceDesk};

impl Rows<'_> {
    pub(super) fn service(&mut self, model: &Model, service: &Service) {
        let part = "service";
        for (index, intent) in Intent::ALL.into_iter().enumerate() {
            if service.intent(intent).is_some() {
                let measure = format!("asked: {}", intent.name());
                self.add(part, &measure, Unit::Count, |seen| seen.service.asked[index] as f64);
            }
        }
        self.counts(
            part,
            &[
                ("contacts", |seen| seen.service.contacts()),
                ("settled", |seen| seen.service.settled),
                ("given up", |seen| seen.service.given_up),
            ],
        );
        self.add(part, "recontact", Unit::Share, |seen| {
            mean(seen.service.again as f64, seen.service.contacts())
        });
        self.add(part, "until settled", Unit::Seconds, |seen| seen.service.until_settled.mean_s());
        self.add(part, "cost a contact", Unit::MinorMoney, |seen| {
            let lines = [CostLine::PhoneLabor, CostLine::ChatLabor, CostLine::ServiceTools];
            mean(lines.iter().map(|&line| seen.costs.of(line)).sum(), seen.service.contacts())
        });
        if 0.0 < service.self_service.share {
            self.counts("self-service", &[("visits", |seen| seen.service.looked)]);
            self.add("self-service", "deflection", Unit::Share, |seen| {
                mean(seen.service.deflected as f64, seen.service.looked)
            });
        }
        if 0.0 < service.bot.share {
            let part = "bot (parametric)";
            self.counts(
                part,
                &[("talks", |seen| seen.service.bot_talks), ("wrong answers", |seen| seen.service.misled)],
            );
            self.add(part, "containment", Unit::Share, |seen| {
                mean(seen.service.contained as f64, seen.service.bot_talks)
            });
            // What people would have had to answer as well: whoever was told the right thing.
            self.add(part, "load taken off people", Unit::Share, |seen| {
                mean((seen.service.contained - seen.service.misled) as f64, seen.service.bot_talks)
            });
        }
        self.desk(model, "phone", &service.phone, CostLine::PhoneLabor, |seen| &seen.service.phone);
        self.desk(model, "chat", &service.chat, CostLine::ChatLabor, |seen| &seen.service.chat);
    }

    fn desk(
        &mut self,
        model: &Model,
        part: &str,
        desk: &ServiceDesk,
        line: CostLine,
        of: fn(&Metrics) -> &DeskSeen,
    ) {
        let station = desk.station.index();
        if model.stations[station].servers_max == 0 {
            return;
        }
        self.add(part, "contacts", Unit::Count, |seen| of(seen).came() as f64);
        self.add(part, "answered", Unit::Count, |seen| of(seen).answered as f64);
        self.add(part, "abandoned", Unit::Share, |seen| mean(of(seen).abandoned as f64, of(seen).came()));
        self.add(part, "speed of answer", Unit::Seconds, |seen| of(seen).waits.mean_s());
        self.add(part, "wait, all", Unit::Seconds, |seen| {
            let waited = of(seen).waits.sum_us() + of(seen).abandoned_us;
            mean(waited as f64 / 1e6, of(seen).came())
        });
        self.add(part, "answered in time", Unit::Share, |seen| {
            mean(of(seen).in_time as f64, of(seen).came())
        });
        self.add(part, "time of a talk", Unit::Seconds, |seen| {
            mean(of(seen).talked_us as f64 / 1e6, of(seen).answered)
        });
        self.of_outcome(part, "occupancy", Unit::Share, |outcome| {
            outcome.stations[station].record.utilization().unwrap_or(0.0)
        });
        self.add(part, "cost a contact", Unit::MinorMoney, |seen| mean(seen.costs.of(line), of(seen).came()));
    }
}
