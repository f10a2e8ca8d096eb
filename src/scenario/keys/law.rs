//! Keys inside a distribution of times and inside a place: they stand wherever a key has that type.

use crate::scenario::key::{KeyRow, Kind::*, must, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("<law>.constant", Span, "90 s", "Always the same time; \"90 s\" alone means this too."),
    off("<law>.uniform", Section, "{from: 1 m, to: 3 m}", "Any time between two ends alike."),
    must("<law>.uniform.from", Span, "1 m", "Shortest."),
    must("<law>.uniform.to", Span, "3 m", "Longest."),
    off("<law>.exponential", Section, "{mean: 2 m}", "Memoryless."),
    must("<law>.exponential.mean", Span, "2 m", "Mean."),
    off("<law>.erlang", Section, "{mean: 2 m, phases: 3}", "Sum of equal exponential phases."),
    must("<law>.erlang.mean", Span, "2 m", "Mean of the sum."),
    must("<law>.erlang.phases", Integer, "3", "Phases.").within(1.0, 1_000.0),
    off("<law>.gamma", Section, "{mean: 2 m, cv: 0.5}", "Gamma, by mean and coefficient of variation."),
    must("<law>.gamma.mean", Span, "2 m", "Mean."),
    must("<law>.gamma.cv", Number, "0.5", "Standard deviation / mean.").within(0.001, 20.0),
    off("<law>.lognormal", Section, "{median: 2 m, sigma: 0.5}", "Lognormal, by median and sigma or by mean and cv."),
    off("<law>.lognormal.median", Span, "2 m", "Half of the times are shorter."),
    off("<law>.lognormal.sigma", Number, "0.5", "Standard deviation of the logarithm.").within(0.0, 5.0),
    off("<law>.lognormal.mean", Span, "2 m", "Mean."),
    off("<law>.lognormal.cv", Number, "0.5", "Standard deviation / mean.").within(0.0, 20.0),
    off("<law>.triangular", Section, "{low: 1 m, mode: 2 m, high: 6 m}", "Triangular."),
    must("<law>.triangular.low", Span, "1 m", "Shortest."),
    must("<law>.triangular.mode", Span, "2 m", "Most likely."),
    must("<law>.triangular.high", Span, "6 m", "Longest."),
    off("<law>.weibull", Section, "{scale: 2 m, shape: 1.5}", "Weibull."),
    must("<law>.weibull.scale", Span, "2 m", "63 % of the times are shorter."),
    must("<law>.weibull.shape", Number, "1.5", "1 is exponential; larger is more regular.").within(0.05, 100.0),
    off("<law>.empirical", Sections, "[{p: 0, time: 1 m}, {p: 0.9, time: 3 m}, {p: 1, time: 9 m}]", "Measured quantiles, linear between."),
    must("<law>.empirical[].p", Share, "0.9", "Share of times that are shorter; the first is 0, the last is 1."),
    must("<law>.empirical[].time", Span, "3 m", "The quantile."),

    off("<place>.city", Text, "Hangzhou", "A city of the embedded tables, also \"Springfield, IL\"."),
    off("<place>.country", Word(super::demand::COUNTRIES), "cn", "Its country; that of `zones` when left out."),
    off("<place>.lat", Number, "30.29", "Degrees north.").within(-90.0, 90.0),
    off("<place>.lon", Number, "120.16", "Degrees east.").within(-180.0, 180.0),
];
