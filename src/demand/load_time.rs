//! The load-time effect: a page that loads longer than the reference loses orders.

use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::scenario::spec::Shop;

/// Of the orders that would come at the reference load time, the share `1 - (1 - loss)^(excess / 100 ms)` is
/// lost. A page faster than the reference wins none: the scenario's rates hold there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadTimeEffect {
    reference: Span,
    /// `-ln(1 - loss)` for each microsecond.
    decay: f64,
}

impl LoadTimeEffect {
    pub fn new(shop: &Shop) -> LoadTimeEffect {
        let kept = 1.0 - shop.loss_per_100ms.clamp(0.0, 1.0);
        LoadTimeEffect { reference: shop.reference_load_time, decay: -libm::log(kept) / 1e5 }
    }

    /// The probability that an order is lost when pages load so long.
    #[inline]
    pub fn loss(&self, load_time: Span) -> f64 {
        let excess = load_time.0.saturating_sub(self.reference.0);
        if excess == 0 { 0.0 } else { -libm::expm1(-self.decay * excess as f64) }
    }

    /// The mean loss under a law of load times, by the midpoints of 10,000 equal parts of probability.
    pub fn expected_loss(&self, load_time: &Law) -> f64 {
        const PARTS: u32 = 10_000;
        let middle = |part: u32| (f64::from(part) + 0.5) / f64::from(PARTS);
        (0..PARTS).map(|part| self.loss(load_time.span(middle(part)))).sum::<f64>() / f64::from(PARTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(loss: f64, reference: Span) -> LoadTimeEffect {
        LoadTimeEffect { reference, decay: -libm::log(1.0 - loss) / 1e5 }
    }

    #[test]
    fn losses_compound() {
        let effect = effect(0.02, Span::from_millis(1_200));
        assert_eq!(effect.loss(Span::from_millis(1_200)), 0.0);
        assert_eq!(effect.loss(Span::ZERO), 0.0);
        assert!((effect.loss(Span::from_millis(1_300)) - 0.02).abs() < 1e-12);
        assert!((effect.loss(Span::from_millis(1_500)) - (1.0 - 0.98f64.powi(3))).abs() < 1e-12);
    }

    #[test]
    fn a_loss_of_everything_is_total() {
        let effect = effect(1.0, Span::ZERO);
        assert_eq!((effect.loss(Span::ZERO), effect.loss(Span(1))), (0.0, 1.0));
    }

    #[test]
    fn the_mean_loss_has_a_closed_form_for_exponential_load_times() {
        // With mean m, reference r and decay a: E[loss] = e^(-r/m) (1 - 1 / (1 + a m)).
        let (mean, reference) = (1.5f64, 1.2f64);
        let effect = effect(0.02, Span::from_secs_f64(reference));
        let a = -(0.98f64.ln()) / 0.1;
        let exact = (-reference / mean).exp() * (1.0 - 1.0 / (1.0 + a * mean));
        let found = effect.expected_loss(&Law::exponential(Span::from_secs_f64(mean)));
        assert!((found - exact).abs() < 2e-5, "{found} {exact}");
    }
}
