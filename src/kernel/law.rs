//! Laws: distributions of spans, sampled by inversion with exactly one uniform.
//!
//! # Promises
//! - A larger uniform never gives a shorter span, so antithetic and common draws stay in step.
//! - Exactly one uniform per span: a changed law never shifts the draws of another purpose.
//! - Equal bytes on all platforms: closed forms in plain arithmetic, the rest tabulated by `libm`.
//! - `mean_secs` and `variance_secs` are those of the law itself, not of its table or its rounding
//!   to whole microseconds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::ln::minus_ln;
use super::normal::{normal_density, normal_tail_point};
use super::pick::Guide;
use super::table::{Table, Tail};
use super::time::Span;

/// A distribution of spans.
#[derive(Debug, Clone)]
pub struct Law {
    form: Form,
    mean_secs: f64,
    variance_secs: f64,
}

/// Lengths in microseconds.
#[derive(Debug, Clone)]
enum Form {
    Constant(Span),
    Uniform { low: f64, width: f64 },
    Exponential { mean: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    Tabulated { scale: f64, table: Arc<Table> },
    Points { guide: Guide, values: Arc<[f64]> },
}

impl Law {
    pub fn constant(span: Span) -> Law {
        Law { form: Form::Constant(span), mean_secs: span.as_secs_f64(), variance_secs: 0.0 }
    }

    /// Panics when `high` is below `low`.
    pub fn uniform(low: Span, high: Span) -> Law {
        let width = (high - low).as_secs_f64();
        Law {
            form: Form::Uniform { low: low.0 as f64, width: width * 1e6 },
            mean_secs: low.as_secs_f64() + width / 2.0,
            variance_secs: width * width / 12.0,
        }
    }

    pub fn exponential(mean: Span) -> Law {
        let secs = mean.as_secs_f64();
        Law { form: Form::Exponential { mean: mean.0 as f64 }, mean_secs: secs, variance_secs: secs * secs }
    }

    /// The sum of `phases` exponential spans.
    pub fn erlang(phases: u32, mean: Span) -> Law {
        Law::gamma(f64::from(phases), mean)
    }

    /// Coefficient of variation `1 / sqrt(shape)`. Panics unless `shape` is in 0.05..=10,000.
    pub fn gamma(shape: f64, mean: Span) -> Law {
        assert!((0.05..=1e4).contains(&shape), "a gamma law of shape {shape}");
        let secs = mean.as_secs_f64();
        Law {
            form: Form::Tabulated {
                scale: mean.0 as f64 / shape,
                table: shared("gamma", gamma_table, shape),
            },
            mean_secs: secs,
            variance_secs: secs * secs / shape,
        }
    }

    /// `sigma` is the standard deviation of the logarithm: about two thirds of the spans lie between
    /// `median / e^sigma` and `median * e^sigma`. Panics unless `sigma` is in 0..=6.
    pub fn lognormal(median: Span, sigma: f64) -> Law {
        assert!((0.0..=6.0).contains(&sigma), "a lognormal law of sigma {sigma}");
        if sigma == 0.0 {
            return Law::constant(median);
        }
        let growth = libm::exp(sigma * sigma);
        let mean = median.as_secs_f64() * libm::sqrt(growth);
        Law {
            form: Form::Tabulated {
                scale: median.0 as f64,
                table: shared("lognormal", lognormal_table, sigma),
            },
            mean_secs: mean,
            variance_secs: mean * mean * (growth - 1.0),
        }
    }

    /// The lognormal law with this mean and coefficient of variation (standard deviation / mean).
    pub fn lognormal_by_mean(mean: Span, cv: f64) -> Law {
        let growth = 1.0 + cv * cv;
        let median = Span::from_secs_f64(mean.as_secs_f64() / libm::sqrt(growth));
        Law::lognormal(median, libm::sqrt(libm::log(growth)))
    }

    /// Panics unless `low <= mode <= high` and `low < high`.
    pub fn triangular(low: Span, mode: Span, high: Span) -> Law {
        assert!(low <= mode && mode <= high && low < high, "a triangular law {low}, {mode}, {high}");
        let (a, b, c) = (low.as_secs_f64(), high.as_secs_f64(), mode.as_secs_f64());
        Law {
            form: Form::Triangular { low: low.0 as f64, mode: mode.0 as f64, high: high.0 as f64 },
            mean_secs: (a + b + c) / 3.0,
            variance_secs: (a * a + b * b + c * c - a * b - a * c - b * c) / 18.0,
        }
    }

    /// `scale` is the 63.2 % quantile; `shape` below 1 has a heavy tail, above 1 a wear-out.
    /// Panics unless `shape` is in 0.2..=100.
    pub fn weibull(shape: f64, scale: Span) -> Law {
        assert!((0.2..=100.0).contains(&shape), "a Weibull law of shape {shape}");
        let secs = scale.as_secs_f64();
        let mean = libm::tgamma(1.0 + 1.0 / shape);
        Law {
            form: Form::Tabulated { scale: scale.0 as f64, table: Arc::new(weibull_table(shape)) },
            mean_secs: secs * mean,
            variance_secs: secs * secs * (libm::tgamma(1.0 + 2.0 / shape) - mean * mean),
        }
    }

    /// Straight lines between measured quantiles `(p, span)`, such as p50, p90, p99 of a carrier.
    /// The first `p` is taken as 0 and the last as 1: nothing is shorter or longer than measured.
    /// Panics when there is none, or when they do not rise.
    pub fn quantiles(points: &[(f64, Span)]) -> Law {
        assert!(!points.is_empty(), "a law without quantiles");
        assert!(
            points.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1),
            "the quantiles of a law must rise"
        );
        let values: Arc<[f64]> = points.iter().map(|point| point.1.0 as f64).collect();
        let [_, inner @ .., _] = points else { return Law::constant(points[0].1) };
        let ends = inner.iter().map(|point| point.0).chain([1.0]);
        let guide = Guide::new(ends.collect());
        let (mut mean, mut square) = (0.0, 0.0);
        for (piece, ends) in values.windows(2).enumerate() {
            let (share, a, b) = (guide.share(piece), ends[0] / 1e6, ends[1] / 1e6);
            mean += share * (a + b) / 2.0;
            square += share * (a * a + a * b + b * b) / 3.0;
        }
        Law { form: Form::Points { guide, values }, mean_secs: mean, variance_secs: square - mean * mean }
    }

    /// The law of observed spans, with straight lines between neighbors. Panics when there is none.
    pub fn empirical(mut observed: Vec<Span>) -> Law {
        observed.sort_unstable();
        let last = (observed.len().max(2) - 1) as f64;
        let points: Vec<_> =
            observed.into_iter().enumerate().map(|(rank, span)| (rank as f64 / last, span)).collect();
        Law::quantiles(&points)
    }

    /// The span at `u` in the open interval (0, 1), rounded to the nearest microsecond. About 5 ns.
    #[inline]
    pub fn span(&self, u: f64) -> Span {
        let micros = match &self.form {
            Form::Constant(span) => return *span,
            Form::Exponential { mean } => mean * minus_ln(1.0 - u),
            Form::Tabulated { scale, table } => scale * table.quantile(u),
            Form::Uniform { low, width } => low + width * u,
            Form::Triangular { low, mode, high } => triangle(*low, *mode, *high, u),
            Form::Points { guide, values } => {
                let (piece, within) = guide.locate(u);
                values[piece] + within * (values[piece + 1] - values[piece])
            }
        };
        Span((micros + 0.5) as u64)
    }

    /// The span that a share `p` of all spans does not exceed; `p` is clamped into the open unit.
    pub fn quantile(&self, p: f64) -> Span {
        self.span(p.clamp(f64::EPSILON / 2.0, 1.0 - f64::EPSILON / 2.0))
    }

    pub fn mean_secs(&self) -> f64 {
        self.mean_secs
    }

    /// In seconds squared.
    pub fn variance_secs(&self) -> f64 {
        self.variance_secs
    }
}

fn triangle(low: f64, mode: f64, high: f64, u: f64) -> f64 {
    let width = high - low;
    if u * width < mode - low {
        low + libm::sqrt(u * width * (mode - low))
    } else {
        high - libm::sqrt((1.0 - u) * width * (high - mode))
    }
}

fn weibull_table(shape: f64) -> Table {
    Table::build(|tail, v| {
        let hazard = if tail == Tail::Upper { -libm::log(v) } else { -libm::log1p(-v) };
        let at = libm::pow(hazard, 1.0 / shape);
        (at, shape * hazard / at * libm::exp(-hazard))
    })
}

/// The table of one shape, made once while some law uses it: a network has thousands of lanes and few shapes.
fn shared(family: &'static str, make: fn(f64) -> Table, shape: f64) -> Arc<Table> {
    static MADE: Mutex<BTreeMap<(&str, u64), Weak<Table>>> = Mutex::new(BTreeMap::new());
    let key = (family, shape.to_bits());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(table) = made.get(&key).and_then(Weak::upgrade) {
        return table;
    }
    let table = Arc::new(make(shape));
    made.retain(|_, table| 0 < table.strong_count());
    made.insert(key, Arc::downgrade(&table));
    table
}

fn lognormal_table(sigma: f64) -> Table {
    let mut z = 0.0;
    Table::build(|tail, v| {
        if v == 0.5 {
            z = 0.0;
        }
        z = normal_tail_point(v, z);
        let at = libm::exp(if tail == Tail::Upper { sigma * z } else { -sigma * z });
        (at, normal_density(z) / (sigma * at))
    })
}

fn gamma_table(shape: f64) -> Table {
    let gamma = Gamma { shape, ln_gamma: libm::lgamma(shape) };
    let median = gamma.median();
    let mut x = median;
    Table::build(|tail, v| {
        if v == 0.5 {
            x = median;
        }
        x = if tail == Tail::Lower { gamma.lower_point(v, x) } else { gamma.upper_point(v, x) };
        (x, gamma.density(x))
    })
}

/// The gamma law of scale 1.
struct Gamma {
    shape: f64,
    ln_gamma: f64,
}

impl Gamma {
    fn density(&self, x: f64) -> f64 {
        libm::exp((self.shape - 1.0) * libm::log(x) - x - self.ln_gamma)
    }

    /// P(shape, x), the probability below x, by its series (Abramowitz and Stegun 6.5.29).
    fn below(&self, x: f64) -> f64 {
        let (mut term, mut sum, mut k) = (1.0, 1.0, self.shape);
        while f64::EPSILON / 16.0 * sum < term {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        sum * self.density(x) * x / self.shape
    }

    /// Q(shape, x), the probability above x: for large x by the continued fraction 6.5.31 in the
    /// form of Lentz (Press et al., Numerical Recipes, 6.2.7), else from the series.
    fn above(&self, x: f64) -> f64 {
        if x < self.shape + 1.0 {
            return 1.0 - self.below(x);
        }
        let tiny = 1e-300;
        let mut b = x + 1.0 - self.shape;
        let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
        let mut fraction = d;
        for i in 1..10_000 {
            let i = f64::from(i);
            let a = -i * (i - self.shape);
            b += 2.0;
            d = 1.0 / nonzero(a * d + b, tiny);
            c = nonzero(b + a / c, tiny);
            fraction *= d * c;
            if (d * c - 1.0).abs() < f64::EPSILON {
                break;
            }
        }
        fraction * self.density(x) * x
    }

    fn median(&self) -> f64 {
        let (mut low, mut high) = (0.0, self.shape + 1.0);
        for _ in 0..100 {
            let middle = (low + high) / 2.0;
            if self.below(middle) < 0.5 { low = middle } else { high = middle }
        }
        (low + high) / 2.0
    }

    /// Newton on ln P against ln x, which is almost straight in the lower tail: P ~ x^shape.
    fn lower_point(&self, v: f64, near: f64) -> f64 {
        let mut x = near;
        for _ in 0..50 {
            let below = self.below(x);
            let step = libm::log(v / below) * below / (x * self.density(x));
            x *= libm::exp(step.clamp(-20.0, 1.0));
            if step.abs() < 1e-13 {
                break;
            }
        }
        x
    }

    /// Newton on ln Q against x, which is almost straight in the upper tail: Q ~ e^-x.
    fn upper_point(&self, v: f64, near: f64) -> f64 {
        let mut x = near;
        for _ in 0..50 {
            let above = self.above(x);
            let step = libm::log(above / v) * above / self.density(x);
            x = (x + step).max(x / 2.0);
            if step.abs() < 1e-13 * x {
                break;
            }
        }
        x
    }
}

fn nonzero(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::{Draw, Purpose};

    const HOUR: Span = Span::HOUR;

    fn laws() -> Vec<(&'static str, Law)> {
        let measured = [(0.0, Span(0)), (0.5, HOUR), (0.9, Span(3 * HOUR.0)), (1.0, Span::DAY)];
        vec![
            ("constant", Law::constant(HOUR)),
            ("uniform", Law::uniform(HOUR, Span::DAY)),
            ("exponential", Law::exponential(HOUR)),
            ("Erlang-4", Law::erlang(4, HOUR)),
            ("gamma 0.3", Law::gamma(0.3, HOUR)),
            ("gamma 300", Law::gamma(300.0, HOUR)),
            ("lognormal", Law::lognormal(HOUR, 0.8)),
            ("lognormal cv 2", Law::lognormal_by_mean(HOUR, 2.0)),
            ("Weibull 0.7", Law::weibull(0.7, HOUR)),
            ("Weibull 3", Law::weibull(3.0, HOUR)),
            ("triangular", Law::triangular(HOUR, Span(2 * HOUR.0), Span(6 * HOUR.0))),
            ("quantiles", Law::quantiles(&measured)),
            ("empirical", Law::empirical((1..=50).map(|n| Span(n * n * HOUR.0)).collect())),
        ]
    }

    /// The mean and variance that the caller is told are those of the spans that it gets.
    #[test]
    fn moments_agree_with_the_quantiles() {
        for (name, law) in laws() {
            // The middles of a million equal cells integrate the quantile function.
            const N: u64 = 1_000_000;
            let spans = (0..N).map(|cell| law.span((cell as f64 + 0.5) / N as f64).as_secs_f64());
            let (mut mean, mut square) = (0.0, 0.0);
            for secs in spans {
                mean += secs / N as f64;
                square += secs * secs / N as f64;
            }
            let (exact, variance) = (law.mean_secs(), law.variance_secs());
            assert!((mean / exact - 1.0).abs() < 2e-4, "{name}: mean {mean}, {exact}");
            // The last cell of a heavy tail holds some of the variance.
            let gap = (square - mean * mean - variance).abs();
            assert!(
                gap <= 6e-3 * variance + 1e-9 * exact * exact,
                "{name}: variance {}, {variance}",
                square - mean * mean
            );
        }
    }

    #[test]
    fn a_larger_uniform_never_gives_a_shorter_span() {
        for (name, law) in laws() {
            let low = (1..53).rev().map(|octave| 0.5f64.powi(octave)).filter(|&u| u < 1e-3);
            let high = (1..53).map(|octave| 1.0 - 0.5f64.powi(octave)).filter(|&u| 0.999 < u);
            let middle = (1_000..=99_900_000).step_by(997).map(|n| f64::from(n) / 1e8);
            let mut last = Span::ZERO;
            for u in low.chain(middle.filter(|u| (1e-3..=0.999).contains(u))).chain(high) {
                assert!(last <= law.span(u), "{name} at {u}");
                last = law.span(u);
            }
        }
    }

    /// Tables against the closed form, where there is one, in the middle and in both tails.
    #[test]
    fn tables_are_exact_to_a_millionth() {
        let mean = Span::from_hours(1_000);
        let uniforms = |count: u64| {
            let inner = (0..count).map(|entity| Draw::new(2, 0).uniform(Purpose::named("law"), entity, 0));
            inner.chain((2..37).flat_map(|n| [0.9f64.powi(7 * n), 1.0 - 0.9f64.powi(7 * n)]))
        };
        let near = |name: &str, u: f64, span: Span, exact_micros: f64| {
            let error = (span.0 as f64 - exact_micros).abs();
            assert!(error <= 1e-6 * exact_micros + 1.0, "{name} at {u}: {} for {exact_micros}", span.0);
        };
        let (gamma, weibull) = (Law::gamma(1.0, mean), Law::weibull(0.5, mean));
        let (erlang, lognormal) = (Law::erlang(2, mean), Law::lognormal(mean, 1.2));
        for u in uniforms(20_000) {
            let unit = minus_ln(1.0 - u);
            let unit = if u < 1e-3 { -libm::log1p(-u) } else { unit };
            near("gamma", u, gamma.span(u), unit * mean.0 as f64);
            near("Weibull", u, weibull.span(u), unit * unit * mean.0 as f64);
            // No closed quantile, but a closed distribution function: there and back again.
            let x = erlang.span(u).as_secs_f64() * 2.0 / mean.as_secs_f64();
            let beyond = (1.0 + x) * libm::exp(-x);
            assert!((beyond / (1.0 - u) - 1.0).abs() < 3e-5, "Erlang-2 at {u}: {beyond}");
            let z = libm::log(lognormal.span(u).0 as f64 / mean.0 as f64) / 1.2;
            let beyond = libm::erfc(z / std::f64::consts::SQRT_2) / 2.0;
            assert!((beyond / (1.0 - u) - 1.0).abs() < 1e-5, "lognormal at {u}: {beyond}");
        }
    }

    #[test]
    fn measured_quantiles_are_returned() {
        let law = Law::quantiles(&[(0.0, HOUR), (0.5, Span(3 * HOUR.0)), (1.0, Span(4 * HOUR.0))]);
        assert_eq!(law.quantile(0.25), Span(2 * HOUR.0));
        assert_eq!(law.quantile(0.5), Span(3 * HOUR.0));
        assert_eq!(law.quantile(0.75), Span::from_minutes(210));
        assert_eq!(Law::empirical(vec![HOUR]).quantile(0.3), HOUR);
        assert_eq!(Law::empirical(vec![HOUR, Span::ZERO]).quantile(0.5), Span::from_minutes(30));
    }

    /// Pinned: the tables are part of every result.
    #[test]
    fn spans_are_pinned() {
        let seen: Vec<u64> = laws().iter().map(|(_, law)| law.span(0.987_654_321).0).collect();
        let expect = [
            3600000000,
            85377777779,
            15820016960,
            8780705852,
            29593376257,
            4082955925,
            21712581243,
            27821872348,
            29835781666,
            5896631417,
            19811145619,
            77066666676,
            8784400000216,
        ];
        assert_eq!(seen, expect);
    }
}
