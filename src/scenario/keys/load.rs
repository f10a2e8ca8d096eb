//! Keys of the load test: how `ordermill load` plays the scenario in wall time.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

const DAY: f64 = 86_400.0;

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("load", Section, "{arrivals: {closed: {}}}", "How `ordermill load` plays this scenario in wall time, where its flags do not say otherwise; other commands do not look at it."),
    off("load.arrivals", OneOf, "{constant-arrival-rate: {rate: 100000/s}}", "When commands are due; `closed` when left out."),
    off("load.arrivals.closed", Section, "{}", "No schedule: each worker sends its next command as soon as the last one is done."),
    off("load.arrivals.constant-arrival-rate", Section, "{rate: 100000/s}", "So many orders a second, whatever the engine does."),
    must("load.arrivals.constant-arrival-rate.rate", Rate, "100000/s", "Orders a second of wall time.").within(3_600.0, 3.6e12)
        .probe("200000/s").with("load.arrivals={constant-arrival-rate: {rate: 100000/s}}"),
    off("load.arrivals.ramping-arrival-rate", Section, "{from: 0/s, stages: [{to: 100000/s, over: 5 s}]}", "Straight ramps between rates; the play ends with the last."),
    key("load.arrivals.ramping-arrival-rate.from", Rate, "0/s", "Orders a second at the start.").within(0.0, 3.6e12)
        .probe("50000/s").with("load.arrivals={ramping-arrival-rate: {stages: [{to: 100000/s, over: 5 s}]}}"),
    must("load.arrivals.ramping-arrival-rate.stages", Sections, "[{to: 100000/s, over: 5 s}]", "The ramps, one after the other."),
    must("load.arrivals.ramping-arrival-rate.stages[].to", Rate, "100000/s", "Orders a second at the end of the ramp.").within(0.0, 3.6e12)
        .probe("50000/s").with("load.arrivals={ramping-arrival-rate: {stages: [{to: 100000/s, over: 5 s}]}}"),
    must("load.arrivals.ramping-arrival-rate.stages[].over", Span, "5 s", "Length of the ramp, in wall time.").within(0.001, DAY)
        .probe("9 s").with("load.arrivals={ramping-arrival-rate: {stages: [{to: 100000/s, over: 5 s}]}}"),
    off("load.arrivals.replay", Section, "{speed: 10000}", "Commands are due when the run had them, so many times as fast."),
    must("load.arrivals.replay.speed", Number, "10000", "Business seconds in a second of wall time.").within(1e-3, 1e12)
        .probe("500").with("load.arrivals={replay: {speed: 10000}}"),
    off("load.duration", Span, "1 m", "Plays so long, the stream again and again; once through it when left out.").within(0.001, DAY)
        .probe("2 s").with("load={}"),
    key("load.warm-up", Span, "0 s", "Latencies of this first time are left out.").within(0.0, DAY).probe("1 s").with("load={}"),
    off("load.threads", Integer, "2", "Worker threads, all on one engine; as many as the machine has cores when left out.").within(1.0, 256.0)
        .probe("3").with("load={}"),
    off("load.slo", Sections, "[{quantile: 99%, at-most: 1 ms}]", "Service levels of all commands; exit code 99 when a play fails one."),
    must("load.slo[].quantile", Share, "99%", "Which share of the commands.").within(0.001, 0.999_999)
        .probe("90%").with("load.slo=[{quantile: 99%, at-most: 1 ms}]"),
    must("load.slo[].at-most", Span, "1 ms", "Takes no longer than that.").within(1e-6, DAY)
        .probe("2 ms").with("load.slo=[{quantile: 99%, at-most: 1 ms}]"),
];
