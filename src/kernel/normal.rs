//! The normal distribution: density, distribution function and quantile.

use std::f64::consts::{PI, SQRT_2};

/// The share of standard normal numbers below `z`.
pub fn normal_share_below(z: f64) -> f64 {
    libm::erfc(-z / SQRT_2) / 2.0
}

/// The number that a share `u` in (0, 1) of standard normal numbers lie below.
pub fn normal_quantile(u: f64) -> f64 {
    if u <= 0.5 { -normal_tail_point(u, 0.0) } else { normal_tail_point(1.0 - u, 0.0) }
}

pub(super) fn normal_density(z: f64) -> f64 {
    libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * PI)
}

/// The z that a standard normal number exceeds with probability `v`; Newton on ln v from `near`.
pub(super) fn normal_tail_point(v: f64, near: f64) -> f64 {
    let mut z = near;
    for _ in 0..20 {
        let tail = libm::erfc(z / SQRT_2) / 2.0;
        let step = libm::log(tail / v) * tail / normal_density(z);
        z += step;
        if step.abs() < 1e-14 * (1.0 + z.abs()) {
            break;
        }
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Abramowitz and Stegun, table 26.5.
        for (u, z) in
            [(0.5, 0.0), (0.9, 1.281_551_565_5), (0.975, 1.959_963_984_5), (0.001, -3.090_232_306_2)]
        {
            assert!((normal_quantile(u) - z).abs() < 1e-9, "{u}: {}", normal_quantile(u));
            assert!((normal_share_below(z) - u).abs() < 1e-9, "{z}: {}", normal_share_below(z));
        }
    }
}
