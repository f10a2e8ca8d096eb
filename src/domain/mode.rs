//! Modes: what carries parcels over a lane, and what a vehicle does where the planner says nothing else.

use serde::{Deserialize, Serialize};

use super::money::Money;
use crate::kernel::time::Span;

/// What carries parcels over a lane.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Truck,
    Air,
    Rail,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::Truck, Mode::Air, Mode::Rail];
    pub const NAMES: &[&str] = &["truck", "air", "rail"];

    pub const fn name(self) -> &'static str {
        Mode::NAMES[self as usize]
    }

    /// Where nothing is written: an articulated truck, a narrow-body freighter, a wagon group on a parcel train.
    pub const fn usual(self) -> Vehicle {
        match self {
            Mode::Truck => Vehicle {
                speed_kmh: 70.0,
                loading: Span::HOUR,
                cost_per_departure: Money(10_000),
                cost_per_km: Money(100),
                co2_g_per_km: 900.0,
            },
            // 3 kg of kerosene a kilometer, 3.16 kg of CO2 each.
            Mode::Air => Vehicle {
                speed_kmh: 700.0,
                loading: Span::from_hours(4),
                cost_per_departure: Money(300_000),
                cost_per_km: Money(3_000),
                co2_g_per_km: 9_500.0,
            },
            // 60 t at 20 g of CO2 a ton-kilometer.
            Mode::Rail => Vehicle {
                speed_kmh: 90.0,
                loading: Span::from_hours(5),
                cost_per_departure: Money(50_000),
                cost_per_km: Money(150),
                co2_g_per_km: 1_200.0,
            },
        }
    }

    /// Aircraft fly straight; all others take the way that `circuity` makes longer.
    pub fn way_km(self, great_circle_km: f64, circuity: f64) -> f64 {
        if self == Mode::Air { great_circle_km } else { great_circle_km * circuity }
    }
}

/// What one departure does and costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    pub speed_kmh: f64,
    /// Loading and unloading, added to distance / speed.
    pub loading: Span,
    pub cost_per_departure: Money,
    pub cost_per_km: Money,
    pub co2_g_per_km: f64,
}

impl Vehicle {
    pub fn travel(&self, km: f64) -> Span {
        Span::from_secs_f64(km / self.speed_kmh * 3_600.0) + self.loading
    }
}

/// The shape of a travel time around its mean.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum TravelLaw {
    #[default]
    Lognormal,
    Gamma,
    /// Between mean x (1 - sqrt(3) cv) and mean x (1 + sqrt(3) cv), not below zero.
    Uniform,
}

impl TravelLaw {
    pub const ALL: [TravelLaw; 3] = [TravelLaw::Lognormal, TravelLaw::Gamma, TravelLaw::Uniform];
    pub const NAMES: &[&str] = &["lognormal", "gamma", "uniform"];
}
