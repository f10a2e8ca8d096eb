//! The crew of a station: who is there in this run, and how fast they are by now.
//!
//! The speed of a crew is the mean of its members': the regular staff works at 1, a beginner at 1 / `f(x)`, where `x` is
//! how many jobs each of them has done, and
//!
//! ```text
//! f(x) = max(1, first (M + (1 - M) (1 + x)^b)),   b = log2(rate)
//! ```
//!
//! Wright 1936, "Factors affecting the cost of airplanes": the time for a job falls by the same share each time that
//! their number doubles; De Jong 1957, "The effects of increasing skill on cycle time": a part `M` of it does not.
//! All beginners of a station have done as many jobs as their mean. Where they forget, half of what they did counts no
//! more after a while.

use crate::kernel::draw::Draw;
use crate::kernel::station::Station;
use crate::kernel::time::{Moment, Span};
use crate::metrics::StaffSeen;
use crate::model::roster::Duties;
use crate::model::{Learning, Model, StationRow};

pub struct Crew {
    duties: Duties,
    learning: Learning,
    /// Jobs that count, of all beginners together.
    jobs: f64,
    /// When they were counted.
    counted: Moment,
    /// Work now takes so many times as long as the regular staff would need.
    slowness: f64,
    /// Of the work done now, what beginners do.
    share: f64,
    seen: StaffSeen,
    /// By server: how long its last job takes.
    took: Vec<Span>,
}

impl Crew {
    pub fn draw(model: &Model, draw: &Draw, station: usize) -> Option<Crew> {
        let roster = model.stations[station].roster.as_ref()?;
        let duties = roster.draw(draw, station as u32, model.horizon);
        let seen = StaffSeen {
            planned_us: duties.planned_us,
            absent_us: duties.absent_us,
            temps_us: duties.temps_us,
            by_day: Vec::new(),
        };
        let learning = model.floor.learning;
        let (jobs, counted, slowness, share) = (0.0, Moment::ZERO, 1.0, 0.0);
        Some(Crew { duties, learning, jobs, counted, slowness, share, seen, took: Vec::new() })
    }

    pub fn servers_at(&self, row: &StationRow, now: Moment) -> u32 {
        row.without_cuts(self.duties.at(now).servers, now)
    }

    pub fn next_change(&self, row: &StationRow, now: Moment) -> Option<Moment> {
        row.next_edge(self.duties.next_change(now), now)
    }

    /// Jobs that start now start at the crew's speed.
    pub fn set_pace(&mut self, now: Moment, station: &mut Station) {
        if let Some(half) = self.learning.forgetting {
            let gone = now.since(self.counted).0 as f64 / half.0 as f64;
            self.jobs *= libm::exp2(-gone);
            self.counted = now;
        }
        let duty = self.duties.at(now);
        let (servers, temps) = (f64::from(duty.servers.max(1)), f64::from(duty.temps));
        let each = self.jobs / f64::from(self.duties.heads.max(1));
        let beginners = temps / factor(&self.learning, each);
        let speed = servers - temps + beginners;
        self.slowness = servers / speed;
        self.share = beginners / speed;
        station.set_slowness(self.slowness);
    }

    /// A job has begun, and will take so long.
    pub fn began(&mut self, now: Moment, server: u32, takes: Span) {
        self.jobs += self.share;
        if self.took.len() <= server as usize {
            self.took.resize(server as usize + 1, Span::ZERO);
        }
        self.took[server as usize] = takes;
        let day = (now.0 / Span::DAY.0) as usize;
        if self.seen.by_day.len() <= day {
            self.seen.by_day.resize(day + 1, (0, 0));
        }
        let row = &mut self.seen.by_day[day];
        row.0 += (takes.0 as f64 / self.slowness) as u128;
        row.1 += u128::from(takes.0);
    }

    pub fn took(&self, server: u32) -> Span {
        self.took[server as usize]
    }

    pub fn seen(&self) -> &StaffSeen {
        &self.seen
    }
}

/// How many times as long a job takes after so many.
pub fn factor(learning: &Learning, jobs: f64) -> f64 {
    let left = libm::pow(1.0 + jobs, libm::log2(learning.rate));
    let kept = learning.incompressible;
    (learning.first * (kept + (1.0 - kept) * left)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_doubling_takes_the_same_share() {
        let wright = Learning { first: 4.0, rate: 0.8, incompressible: 0.0, forgetting: None };
        for jobs in [0.0, 1.0, 3.0, 7.0] {
            let (now, doubled) = (factor(&wright, jobs), factor(&wright, 2.0 * jobs + 1.0));
            assert!((doubled - 0.8 * now).abs() < 1e-12, "{jobs}: {now} {doubled}");
        }
        assert_eq!(factor(&wright, 0.0), 4.0);
        assert_eq!(factor(&wright, 1e9), 1.0, "nobody is faster than the regular staff");
        let de_jong = Learning { incompressible: 0.5, ..wright };
        assert!((factor(&de_jong, 1e12) - 2.0).abs() < 0.01);
    }
}
