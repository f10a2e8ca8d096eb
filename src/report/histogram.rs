//! Latency files: the percentile table (`.hgrm`) that HdrHistogram plotters read.
//!
//! # Why written here
//! The Rust crate has a writer for interval logs and none for this table. The shape is that of
//! `outputPercentileDistribution` in the Java and JavaScript libraries: value with three decimals, percentile as a
//! share with twelve, cumulative count, 1/(1-percentile); the last row has no fourth field.

use std::fmt::Write;
use std::time::Duration;

use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2Serializer;
use hdrhistogram::serialization::interval_log::IntervalLogWriterBuilder;

/// Steps to each halving of the distance to 100 %.
const TICKS_PER_HALF_DISTANCE: u32 = 5;

/// The percentile distribution of recorded microseconds, told in units of `unit_us` (1,000,000 for seconds).
/// An empty histogram gives the head and the foot alone.
pub fn hgrm(histogram: &Histogram<u64>, unit_us: f64) -> String {
    let mut text = String::from("       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
    for step in histogram.iter_quantiles(TICKS_PER_HALF_DISTANCE) {
        let value = step.value_iterated_to() as f64 / unit_us;
        let quantile = step.quantile_iterated_to();
        let count = histogram.count_between(0, step.value_iterated_to());
        let row = match quantile {
            q if q < 1.0 => writeln!(text, "{value:12.3} {q:2.12} {count:10} {:14.2}", 1.0 / (1.0 - q)),
            q => writeln!(text, "{value:12.3} {q:2.12} {count:10}"),
        };
        row.expect("a string takes all that is written");
    }
    let (mean, deviation) = match histogram.is_empty() {
        true => (0.0, 0.0),
        false => (histogram.mean() / unit_us, histogram.stdev() / unit_us),
    };
    let max = histogram.max() as f64 / unit_us;
    let buckets = histogram.buckets();
    // Buckets and sub-buckets of the crate are one number: its counter array has (buckets + 1) half buckets.
    let sub_buckets = 2 * histogram.distinct_values() / (usize::from(buckets) + 1);
    write!(
        text,
        "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]\n\
         #[Max     = {max:12.3}, Total count    = {:12}]\n\
         #[Buckets = {buckets:12}, SubBuckets     = {sub_buckets:12}]\n",
        histogram.len(),
    )
    .expect("a string takes all that is written");
    text
}

/// An interval log: one histogram a second, by the second at whose end it was closed. Values are nanoseconds; the
/// log's unit for its column of maxima is the millisecond, as its readers expect.
pub fn hlog<'a>(intervals: impl Iterator<Item = (u32, &'a Histogram<u64>)>) -> Vec<u8> {
    let say = "writing to memory never fails";
    let mut bytes = Vec::new();
    let mut serializer = V2Serializer::new();
    let mut writer = IntervalLogWriterBuilder::new()
        .add_comment("ordermill load: nanoseconds, one histogram a second")
        .with_max_value_divisor(1e6)
        .begin_log_with(&mut bytes, &mut serializer)
        .expect(say);
    for (second, histogram) in intervals {
        let (start, length) = (Duration::from_secs(u64::from(second) - 1), Duration::from_secs(1));
        writer.write_histogram(histogram, start, length, None).expect(say);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn an_interval_log_reads_back() {
        use hdrhistogram::serialization::Deserializer;
        use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
        let second = |nanos: u64| {
            let mut histogram = Histogram::<u64>::new(3).expect("three digits are a fair precision");
            histogram.record_n(nanos, 5).expect("the histogram grows");
            histogram
        };
        let (first, third) = (second(700), second(90_000));
        let log = hlog([(1, &first), (3, &third)].into_iter());
        let mut read = Vec::new();
        for entry in IntervalLogIterator::new(&log) {
            if let LogEntry::Interval(interval) = entry.expect("a log as its own crate reads it") {
                use base64::Engine;
                let bytes = base64::engine::general_purpose::STANDARD.decode(interval.encoded_histogram());
                let bytes = bytes.expect("base64");
                let histogram: Histogram<u64> =
                    Deserializer::new().deserialize(&mut &bytes[..]).expect("a histogram");
                read.push((interval.start_timestamp().as_secs(), histogram));
            }
        }
        assert_eq!(read, [(0, first), (2, third)]);
    }

    #[test]
    fn the_table_reads_as_other_tools_write_it() {
        let mut histogram = Histogram::<u64>::new(3).expect("three digits are a fair precision");
        for seconds in [1u64, 1, 2, 4, 10] {
            histogram.record(seconds * 1_000_000).expect("the histogram grows");
        }
        expect![[r#"
                   Value     Percentile TotalCount 1/(1-Percentile)

                   1.000 0.000000000000          2           1.00
                   1.000 0.100000000000          2           1.11
                   1.000 0.200000000000          2           1.25
                   1.000 0.300000000000          2           1.43
                   1.000 0.400000000000          2           1.67
                   2.001 0.500000000000          3           2.00
                   2.001 0.550000000000          3           2.22
                   4.002 0.600000000000          4           2.50
                   4.002 0.650000000000          4           2.86
                   4.002 0.700000000000          4           3.33
                   4.002 0.750000000000          4           4.00
                   4.002 0.775000000000          4           4.44
                  10.002 0.800000000000          5           5.00
                  10.002 1.000000000000          5
            #[Mean    =        3.600, StdDeviation   =        3.382]
            #[Max     =       10.002, Total count    =            5]
            #[Buckets =           14, SubBuckets     =         2048]
        "#]]
        .assert_eq(&hgrm(&histogram, 1e6));
    }

    #[test]
    fn nothing_recorded_is_an_empty_table() {
        let histogram = Histogram::<u64>::new(3).expect("three digits are a fair precision");
        assert_eq!(hgrm(&histogram, 1e6).lines().count(), 5);
    }
}
