//! Returns, complaints and experience of a run.

use super::build::law;
use crate::domain::{Money, StationId};
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::scenario::spec;

pub struct Returns {
    pub window: Span,
    pub approval: f64,
    pub approval_time: Law,
    pub pickup: f64,
    pub pickup_wait: Law,
    pub pickup_cost: Money,
    pub drop_off_cost: Money,
    grades: [f64; 4],
    pub values: [f64; 3],
    pub refund_time: Law,
    pub exchange: f64,
}

pub struct Complaints {
    pub late: f64,
    pub fault: f64,
    pub tiers: Vec<spec::Tier>,
    pub officers: StationId,
    pub leads: StationId,
    pub work: Law,
    pub breach_compensation: f64,
}

pub struct Experience {
    pub rules: spec::Experience,
    pub comes_back_after: Law,
}

impl Returns {
    pub fn build(spec: &spec::Returns) -> Returns {
        Returns {
            window: spec.window,
            approval: spec.approval,
            approval_time: law(&spec.approval_time),
            pickup: spec.pickup,
            pickup_wait: law(&spec.pickup_wait),
            pickup_cost: spec.pickup_cost,
            drop_off_cost: spec.drop_off_cost,
            grades: spec.grades,
            values: spec.values,
            refund_time: law(&spec.refund_time),
            exchange: spec.exchange,
        }
    }

    /// 0 to 3 for A, B, C and scrap, from one uniform number.
    pub fn grade(&self, u: f64) -> usize {
        let mut up_to = 0.0;
        let within = |share: &f64| {
            up_to += share;
            u < up_to
        };
        self.grades.iter().position(within).unwrap_or(3)
    }
}

impl Complaints {
    pub fn build(spec: &spec::Complaints, [officers, leads]: [StationId; 2]) -> Complaints {
        Complaints {
            late: spec.late,
            fault: spec.fault,
            tiers: spec.tiers.clone(),
            officers,
            leads,
            work: law(&spec.work),
            breach_compensation: spec.breach_compensation,
        }
    }

    pub fn tier(&self, u: f64) -> usize {
        let mut up_to = 0.0;
        let within = |tier: &spec::Tier| {
            up_to += tier.share;
            u < up_to
        };
        self.tiers.iter().position(within).unwrap_or(self.tiers.len() - 1)
    }
}

impl Experience {
    pub fn build(spec: &spec::Experience) -> Experience {
        Experience { rules: spec.clone(), comes_back_after: law(&spec.comes_back_after) }
    }
}
