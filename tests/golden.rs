//! Golden scenarios: what they answer today, in a few lines each. Whoever means to move an answer runs once with
//! `UPDATE_EXPECT=1` and reads the diff of `tests/golden/`.

mod runs;

use std::fmt::Write;

use expect_test::{ExpectFile, expect_file};
use ordermill::report::Document;
use ordermill::report::document::CountRow;

use runs::{Overrides, run};

/// The document in brief: verdict, counts, quantiles, costs and digests.
fn brief(document: &Document) -> String {
    let mut text = String::new();
    let mut put = |name: &str, value: String| writeln!(text, "{name:<22}{value}").unwrap();
    let counts = |rows: &[CountRow]| {
        let rows = rows.iter().filter(|row| 0 < row.count);
        rows.map(|row| format!("{} {}", row.count, row.name)).collect::<Vec<_>>().join(", ")
    };
    put("scenario", document.scenario.name.clone());
    put("replications", document.replications.len().to_string());
    put("verdict", document.verdict.name().to_owned());
    for slo in &document.slo {
        put("  slo", format!("{}: {:.6} {}", slo.text, slo.value.mean, slo.verdict.name()));
    }
    put("submitted", document.orders.submitted.to_string());
    put("final", counts(&document.orders.final_states));
    put("open", counts(&document.orders.open_states));
    put("refused", counts(&document.refusals));
    put("transitions", counts(&document.transitions));
    put("lost", counts(&document.funnel));
    let delivery = &document.delivery;
    let lead = &delivery.lead_time_s;
    put(
        "lead time s",
        format!("mean {:.3} p50 {:.3} p90 {:.3} p99 {:.3}", lead.mean, lead.p50, lead.p90, lead.p99),
    );
    put("on time", format!("{:.6}", delivery.on_time_share.mean));
    for stage in document.stages.iter().filter(|stage| 0 < stage.entered_count) {
        let times = (stage.time_s_mean.mean, stage.time_s_p99.mean);
        let said = format!(
            "{} in, {} out, mean {:.3} s, p99 {:.3} s",
            stage.entered_count, stage.left_count, times.0, times.1
        );
        put(&format!("  {}", stage.stage), said);
    }
    let stock = &document.stock;
    put(
        "units",
        format!(
            "{} + {} = {} free + {} held + {} picked + {} under way + {} kept + {} scrapped",
            stock.initial_units,
            stock.received_units,
            stock.available_units,
            stock.held_units,
            stock.picked_units,
            stock.in_transit_units,
            stock.customer_units,
            stock.scrapped_units,
        ),
    );
    let shipments = &document.shipments;
    put(
        "parcels",
        format!("{} of {} fulfillment orders", shipments.parcels_count, shipments.fulfillment_orders_count),
    );
    let money = &document.money;
    put(
        "money",
        format!(
            "{} - {} = {} + {}",
            money.captured_minor, money.refunded_minor, money.revenue_minor, money.deposit_minor,
        ),
    );
    put(
        "cost",
        format!("{:.3}, an order {:.6}", document.cost.total_minor.mean, document.cost.per_order_minor.mean),
    );
    put("events", format!("{} steps, {} calendar", document.events.stage_steps, document.events.calendar));
    for digest in &document.engine_digests {
        put("digest", digest.clone());
    }
    text
}

fn check(name: &str, overrides: Overrides<'_>, golden: ExpectFile) {
    golden.assert_eq(&brief(&run(name, overrides).document));
}

#[test]
fn smoke() {
    check("smoke", &[], expect_file!["golden/smoke.txt"]);
}

#[test]
fn smoke_with_scarce_stock() {
    let overrides =
        [("stock.cover", "0.4"), ("stock.reserve-at", "allocate"), ("allocation.strategy", "fewest-splits")];
    check("smoke", &overrides, expect_file!["golden/smoke-scarce.txt"]);
}

#[test]
fn twin() {
    check("twin", &[("run.replications", "{min: 2, max: 2}")], expect_file!["golden/twin.txt"]);
}

/// A hundredth of the demand and of the staff, so that the peak is a peak.
#[test]
fn quickstart_scaled() {
    let overrides = [
        ("arrivals.profile.orders", "4000"),
        ("run.replications", "{min: 2, max: 2}"),
        ("nodes.*.pickers", "1"),
        ("nodes.*.packers", "1"),
    ];
    check("quickstart", &overrides, expect_file!["golden/quickstart-scaled.txt"]);
}
