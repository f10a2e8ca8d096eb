//! A realistic document for tests: Singles' Day in China, where packing in Hangzhou breaks. Every figure comes from
//! a formula, so the same bytes come out everywhere.

use super::document::*;
use super::machine::Machine;

pub(super) const HOUR: f64 = 3_600.0;
const CITIES: [(&str, f64, f64); 24] = [
    ("Shanghai", 31.22, 121.46),
    ("Beijing", 39.91, 116.40),
    ("Guangzhou", 23.12, 113.25),
    ("Shenzhen", 22.55, 114.07),
    ("Chengdu", 30.67, 104.07),
    ("Tianjin", 39.14, 117.18),
    ("Wuhan", 30.58, 114.27),
    ("Dongguan", 23.02, 113.75),
    ("Chongqing", 29.56, 106.55),
    ("Xi'an", 34.26, 108.93),
    ("Hangzhou", 30.29, 120.16),
    ("Nanjing", 32.06, 118.78),
    ("Shenyang", 41.79, 123.43),
    ("Harbin", 45.75, 126.65),
    ("Qingdao", 36.07, 120.38),
    ("Dalian", 38.91, 121.60),
    ("Jinan", 36.67, 117.00),
    ("Zhengzhou", 34.76, 113.65),
    ("Changsha", 28.20, 112.97),
    ("Kunming", 25.04, 102.72),
    ("Fuzhou", 26.06, 119.31),
    ("Nanning", 22.82, 108.32),
    ("Lanzhou", 36.06, 103.79),
    ("Urumqi", 43.80, 87.60),
];
const CENTERS: [usize; 5] = [10, 1, 2, 4, 6];
const HUBS: [usize; 6] = [0, 5, 3, 8, 17, 12];

/// A fixed pseudo-random share in 0..1.
fn noise(key: u64) -> f64 {
    let mut bits = key.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((bits ^ (bits >> 32)) >> 11) as f64 / (1u64 << 53) as f64
}

pub(super) fn estimate(mean: f64, half_width: f64) -> Estimate {
    Estimate { mean, half_width: Some(half_width) }
}

fn count_rows(rows: &[(&str, u64)]) -> Vec<CountRow> {
    rows.iter().map(|&(name, count)| CountRow { name: name.into(), count }).collect()
}

pub fn machine() -> Machine {
    Machine {
        version: "0.1.0".into(),
        command: "ordermill run scenarios/singles-day-peak.yaml --seed 7 --replications 20".into(),
        threads: 2,
        wall_s: 3.42,
        cpu_s: 6.61,
        orders_per_cpu_s: 290_400.0,
        events_per_cpu_s: 4_910_000.0,
        peak_memory_bytes: 187_000_000,
        bytes_per_order_in_flight: 402.0,
        result_digest: "6f1c0f2b9a4d4f4e8f0b5a3c2d1e0f99".into(),
    }
}

pub fn document() -> Document {
    Document {
        format: 1,
        scenario: scenario(),
        seed: 7,
        confidence: 0.95,
        replications: (0..20).map(replication).collect(),
        verdict: Verdict::Fails,
        slo: slo(),
        orders: orders(),
        refusals: count_rows(&[("out-of-stock", 31_204), ("contended", 96), ("unreachable", 0)]),
        funnel: count_rows(&[
            ("visitors", 41_380_000),
            ("carts", 4_966_000),
            ("orders submitted", 1_920_000),
            ("lost to load time", 38_420),
        ]),
        transitions: count_rows(&[("submitted", 1_920_000), ("paid", 1_843_100), ("delivered", 1_701_544)]),
        stages: stages(),
        stations: stations(),
        timeline: timeline(),
        bottlenecks: bottlenecks(),
        stock: stock(),
        shipments: shipments(),
        lanes: lanes(),
        delivery: delivery(),
        cost: cost(),
        faults: None,
        advice: None,
        life: Vec::new(),
        process: None,
        money: MoneyFacts {
            captured_minor: 38_412_000_000,
            refunded_minor: 1_204_500_000,
            revenue_minor: 36_900_000_000,
            deposit_minor: 307_500_000,
            points_held: 369_000_000,
        },
        network: network(),
        replay: None,
        events: EventCounts {
            stage_steps: 32_640_000,
            calendar: 28_120_000,
            per_order: 17.0,
            peak_pending: 96_400,
            peak_orders_in_flight: 88_210,
        },
        engine_digests: (0..20).map(|r| format!("{:032x}", (noise(r) * 1e18) as u128)).collect(),
    }
}

fn scenario() -> ScenarioFacts {
    let fact = |(name, value): (&str, &str)| FactRow { name: name.into(), value: value.into() };
    ScenarioFacts {
        name: "singles-day-peak".into(),
        description:
            "Singles' Day in China: 96,000 orders in two days, a midnight peak thirty times the mean, \
                      five fulfillment centers, real cities."
                .into(),
        currency: "CNY".into(),
        start: "2026-11-10T18:00".into(),
        horizon_s: 96.0 * HOUR,
        warm_up_s: 0.0,
        strategy: "fewest-splits".into(),
        reserve_at: "pay".into(),
        fulfillment_centers_count: 5,
        hubs_count: 6,
        zones_count: 24,
        skus_count: 1_000,
        digest: "a84c2f0be1d94c77b3f1c52e6d1f8a02".into(),
        regime: RegimeFacts { kind: "terminating".into(), mser5_s: None },
        assumptions: [
            ("arrivals", "open; Poisson by an hourly profile over 48 h"),
            ("payment window", "15 m"),
            ("merge window", "20 m"),
            ("staff", "two shifts, 07:00-15:30 and 15:30-24:00; night shift at 40 %"),
            ("backorders", "wait for stock up to 2 d"),
        ]
        .map(fact)
        .into(),
    }
}

fn replication(index: u32) -> ReplicationRow {
    let off = noise(u64::from(index) + 900) - 0.5;
    let lead = 61.0 * HOUR * (1.0 + 0.03 * off);
    ReplicationRow {
        replication: index,
        submitted_count: (96_000.0 + 640.0 * off) as u64,
        completed_count: (83_900.0 + 500.0 * off) as u64,
        open_count: (2_300.0 - 900.0 * off) as u64,
        on_time_share: 0.941 - 0.02 * off,
        lead_time_s_mean: 0.55 * lead,
        lead_time_s_p50: 0.50 * lead,
        lead_time_s_p90: 0.81 * lead,
        lead_time_s_p99: lead,
        cost_minor_per_order: 1_184.0 * (1.0 + 0.02 * off),
        freight_minor_per_order: 533.0 * (1.0 + 0.01 * off),
        packaging_minor_per_order: 53.0,
        handling_minor_per_order: 240.0,
        late_penalty_minor_per_order: 29.5 * (1.0 + 0.2 * off),
        lost_sale_minor_per_order: 13.0 * (1.0 + 0.1 * off),
        fulfillments_per_order: 1.13,
        split_share: 0.118 + 0.004 * off,
        merged_share: 0.0,
        merge_wait_s_mean: 0.0,
        backorder_share: 0.004,
        refused_share: 0.0162 + 0.002 * off,
        km_per_order: 412.0 + 3.0 * off,
        kg_km_per_order: 655.0 + 6.0 * off,
        node_load_max_over_mean: 1.42,
        node_load_gini: 0.19,
        slo_values: vec![27.2 * HOUR * (1.0 + 0.05 * off), 0.941 - 0.02 * off, 1.8 + 0.1 * off, 0.0162],
        digest: format!("{:032x}", (noise(u64::from(index)) * 1e18) as u128),
    }
}

fn slo() -> Vec<SloRow> {
    let row = |text: &str, metric: &str, sense: &str, bound, unit, value, verdict| SloRow {
        text: text.into(),
        metric: metric.into(),
        stage: None,
        quantile: None,
        sense: sense.into(),
        bound,
        unit,
        value,
        verdict,
    };
    use Verdict::*;
    vec![
        SloRow {
            quantile: Some(0.99),
            ..row(
                "ship-time p99 at most 24 h",
                "ship-time",
                "at-most",
                24.0 * HOUR,
                Unit::Seconds,
                estimate(97_800.0, 1_320.0),
                Fails,
            )
        },
        row(
            "on-time share at least 94 %",
            "on-time-share",
            "at-least",
            0.94,
            Unit::Share,
            estimate(0.941, 0.004),
            Inconclusive,
        ),
        SloRow {
            quantile: Some(0.99),
            stage: Some("pay".into()),
            ..row(
                "time in pay p99 at most 3 s",
                "stage-time",
                "at-most",
                3.0,
                Unit::Seconds,
                estimate(1.8, 0.1),
                Holds,
            )
        },
        row(
            "refused share at most 2 %",
            "refused-share",
            "at-most",
            0.02,
            Unit::Share,
            estimate(0.0162, 0.0006),
            Holds,
        ),
    ]
}

fn orders() -> OrderCounts {
    let final_states = count_rows(&[
        ("completed", 1_678_002),
        ("returned", 61_004),
        ("cancelled", 20_411),
        ("expired", 38_900),
        ("declined", 17_204),
        ("rejected", 9_402),
        ("undelivered", 3_306),
        ("refused", 31_204),
    ]);
    let open_states =
        count_rows(&[("backordered", 4_120), ("in-fulfillment", 41_227), ("delivered", 15_220)]);
    let sum = |rows: &[CountRow]| rows.iter().map(|row| row.count).sum::<u64>();
    OrderCounts {
        submitted: sum(&final_states) + sum(&open_states),
        open: sum(&open_states),
        final_states,
        open_states,
        split_count: 226_560,
        split_reasons: count_rows(&[("stock-sku", 190_120), ("cost", 36_440), ("box-weight", 8_118)]),
        merged_count: 40_320,
        unmerged_count: 312,
        backordered_count: 23_040,
        units_count: 5_376_000,
        lines_count: 3_648_000,
    }
}

fn stages() -> Vec<StageRow> {
    let rows = [
        ("browse", 240.0, 1.9, 0.0),
        ("cart", 900.0, 2.6, 0.0),
        ("submit", 0.0, 0.0, 0.0),
        ("pay", 41.0, 12.0, 0.0),
        ("review", 1_460.0, 9.0, 0.82),
        ("allocate", 610.0, 60.0, 0.97),
        ("merge", 1_200.0, 1.0, 1.0),
        ("pick", 9_800.0, 2.9, 0.91),
        ("pack", 31_400.0, 2.8, 0.97),
        ("ship", 26_200.0, 2.2, 0.34),
        ("deliver", 52_700.0, 2.4, 0.21),
        ("receive", 86_400.0, 2.0, 0.0),
        ("after-sales", 22_000.0, 9.0, 0.1),
    ];
    rows.iter()
        .enumerate()
        .map(|(index, &(stage, mean, tail, wait_share))| {
            let entered = 1_920_000 - 14_000 * index as u64;
            StageRow {
                stage: stage.into(),
                entered_count: entered,
                left_count: entered - 1_100 * index as u64,
                time_s_mean: estimate(mean, mean * 0.012),
                time_s_p50: estimate(mean * 0.7, mean * 0.012),
                time_s_p90: estimate(mean * (0.7 + tail * 0.4), mean * 0.02),
                time_s_p99: estimate(mean * (0.8 + tail * 0.8), mean * 0.03),
                time_s_max: mean * (1.0 + tail),
                wait_share,
            }
        })
        .collect()
}

fn stations() -> Vec<StationRow> {
    let mut rows = Vec::new();
    for (center, &city) in CENTERS.iter().enumerate() {
        let node = CITIES[city].0.to_lowercase();
        for (stage, work) in [("pick", 0.88), ("pack", 0.985)] {
            let utilization = work - 0.09 * center as f64;
            let saturated = 0.95 < utilization + 0.08;
            rows.push(StationRow {
                station: format!("{stage} @ {node}"),
                stage: stage.into(),
                node: Some(node.clone()),
                servers_max: 60 - 8 * center as u32,
                served_count: 420_000 - 50_000 * center as u64,
                utilization_ratio: estimate(utilization, 0.006),
                wait_s_mean: estimate(31_000.0 * utilization.powi(9), 900.0 * utilization.powi(9)),
                queue_max: (41_200.0 * utilization.powi(12)) as u64,
                queue_max_at_s: 13.25 * HOUR,
                saturated_at_s: saturated.then_some(8.0 * HOUR + 2_400.0 + 3_000.0 * center as f64),
                offered_load_ratio: utilization * 1.21,
                cost_minor: 190_000.0 * (60.0 - 8.0 * center as f64),
            });
        }
    }
    for (index, &city) in HUBS.iter().enumerate() {
        let node = CITIES[city].0.to_lowercase();
        rows.push(StationRow {
            station: format!("sort @ {node}"),
            stage: "ship".into(),
            node: Some(node),
            servers_max: 12,
            served_count: 310_000,
            utilization_ratio: estimate(0.61 - 0.05 * index as f64, 0.004),
            wait_s_mean: estimate(240.0, 20.0),
            queue_max: 2_010 - 120 * index as u64,
            queue_max_at_s: 20.0 * HOUR,
            saturated_at_s: None,
            offered_load_ratio: 0.60,
            cost_minor: 460_000.0,
        });
    }
    rows
}

/// Orders an interval: an evening, the midnight peak, the day after.
fn demand(hour: f64) -> f64 {
    let clock = (hour + 18.0) % 24.0;
    let day = (std::f64::consts::TAU * (clock - 9.0) / 24.0).sin().max(-0.8) + 1.0;
    let peak = 26.0 * (-(hour - 6.2).max(0.0) * 1.4).exp() * f64::from(6.0 <= hour);
    if 48.0 < hour { 0.0 } else { 460.0 * (0.3 + day + peak) }
}

fn timeline() -> Timeline {
    let intervals = 96 * 4;
    let hour = |index: usize| index as f64 / 4.0;
    let submitted: Vec<u64> = (0..intervals)
        .map(|index| (demand(hour(index)) / 4.0 * (0.94 + 0.12 * noise(index as u64))) as u64)
        .collect();
    let delivered: Vec<u64> = (0..intervals)
        .map(|index| {
            let clock = (hour(index) + 18.0) % 24.0;
            let doors_open = (8.0..21.0).contains(&clock);
            let ramp = ((hour(index) - 14.0) / 20.0).clamp(0.0, 1.0);
            (f64::from(doors_open) * ramp * (620.0 + 160.0 * noise(index as u64 + 5_000))) as u64
        })
        .collect();
    let content = delivered.iter().scan(0, |sum, count| {
        *sum += count;
        Some(*sum)
    });
    let states = vec![StateSeries { state: "delivered".to_owned(), orders: content.collect() }];
    let stations = CENTERS
        .iter()
        .enumerate()
        .flat_map(|(center, &city)| {
            ["pack", "pick"].map(|stage| {
                let slack = 0.16 * center as f64 + if stage == "pick" { 0.25 } else { 0.0 };
                let load = |index: usize| {
                    let decay = (-(hour(index) - 6.0).max(0.0) / (22.0 - 16.0 * slack)).exp();
                    if hour(index) < 6.0 { 0.45 } else { 1.9 * decay + 0.25 - 0.3 * slack }
                };
                let utilization =
                    (0..intervals).map(|i| (load(i) - 0.04 * noise(i as u64 * 7)).clamp(0.03, 1.0)).collect();
                let mut queue = 0.0f64;
                let queue_mean = (0..intervals)
                    .map(|i| {
                        queue = (queue + 850.0 * (load(i) - 1.0) * (1.0 - slack)).max(0.0);
                        queue + 40.0 * noise(i as u64 * 13)
                    })
                    .collect();
                StationSeries {
                    station: format!("{stage} @ {}", CITIES[city].0.to_lowercase()),
                    utilization,
                    queue_mean,
                }
            })
        })
        .collect();
    Timeline { interval_s: 900.0, submitted, delivered, states, stations }
}

fn bottlenecks() -> Vec<BottleneckRow> {
    let row = |place: &str, from_h: f64, queue_max, at_h: f64, replications| BottleneckRow {
        place: place.into(),
        from_s: from_h * HOUR,
        queue_max,
        queue_max_at_s: at_h * HOUR,
        replications,
    };
    vec![
        row("pack @ hangzhou", 8.667, 34_365, 13.25, 20),
        row("pick @ hangzhou", 9.5, 8_883, 12.0, 18),
        row("pack @ beijing", 9.75, 11_690, 13.5, 20),
    ]
}

fn stock() -> StockFacts {
    StockFacts {
        initial_units: 6_400_000,
        received_units: 900_000,
        available_units: 1_810_400,
        held_units: 18_200,
        picked_units: 74_300,
        in_transit_units: 92_100,
        customer_units: 5_206_000,
        inspection_units: 41_000,
        scrapped_units: 58_000,
        missing_units: 0,
        skus_out_of_stock_count: 37,
    }
}

fn shipments() -> ShipmentFacts {
    ShipmentFacts {
        fulfillment_orders_count: 2_080_000,
        parcels_count: 2_046_800,
        parcels_per_order: 1.17,
        split_share: 0.118,
        merged_share: 0.021,
        carriers: vec![
            CarrierRow {
                carrier: "sf-express".into(),
                parcels_count: 1_204_000,
                freight_minor: 1_083_600_000,
                on_time_share: 0.958,
                lost_count: 0,
            },
            CarrierRow {
                carrier: "zto".into(),
                parcels_count: 842_800,
                freight_minor: 505_680_000,
                on_time_share: 0.917,
                lost_count: 0,
            },
        ],
        nodes: CENTERS
            .iter()
            .enumerate()
            .map(|(index, &city)| NodeShipments {
                node: CITIES[city].0.to_lowercase(),
                parcels_count: 640_000 - 110_000 * index as u64,
                units_count: 1_600_000 - 250_000 * index as u64,
            })
            .collect(),
    }
}

fn lanes() -> Vec<LaneRow> {
    let mut rows = Vec::new();
    for &from in &CENTERS {
        for &to in &HUBS {
            let key = (from * 31 + to) as u64;
            let fill = 0.35 + 0.65 * noise(key);
            rows.push(LaneRow {
                lane: format!(
                    "{} -> {} sf-express",
                    CITIES[from].0.to_lowercase(),
                    CITIES[to].0.to_lowercase()
                ),
                from: CITIES[from].0.to_lowercase(),
                to: CITIES[to].0.to_lowercase(),
                carrier: "sf-express".into(),
                departures_count: 160,
                parcels_count: (120_000.0 * fill) as u64,
                fill_ratio: fill.min(1.0),
                rolled_over_count: if 0.9 < fill { (9_000.0 * noise(key + 1)) as u64 } else { 0 },
                rolled_over_by_volume_count: 0,
                held_departures_count: 0,
                ad_hoc_count: 0,
                cost_minor: (24_000_000.0 * (0.5 + noise(key + 2))) as i64,
                mode: None,
                cost_minor_per_parcel: None,
                co2_g_per_parcel: None,
            });
        }
    }
    rows
}

fn delivery() -> DeliveryFacts {
    let cdf = |hours: f64| 1.0 - (-(hours / 36.0).powf(2.3)).exp();
    DeliveryFacts {
        delivered_orders_count: 1_701_544,
        on_time_share: estimate(0.941, 0.004),
        promise_s_mean: 58.0 * HOUR,
        lead_time_s: QuantileRow {
            mean: 32.1 * HOUR,
            p50: 30.7 * HOUR,
            p90: 51.7 * HOUR,
            p99: 69.9 * HOUR,
            max: 91.0 * HOUR,
        },
        ship_time_s: QuantileRow {
            mean: 13.2 * HOUR,
            p50: 11.9 * HOUR,
            p90: 22.6 * HOUR,
            p99: 97_800.0,
            max: 33.0 * HOUR,
        },
        lateness_s: QuantileRow {
            mean: 6.1 * HOUR,
            p50: 4.4 * HOUR,
            p90: 13.0 * HOUR,
            p99: 25.0 * HOUR,
            max: 40.0 * HOUR,
        },
        attempts_mean: 1.08,
        methods: [
            ("standard", 1_210_000, 0.962, 1.08),
            ("next-day", 402_000, 0.883, 0.7),
            ("same-day", 89_544, 0.917, 0.4),
        ]
        .map(|(method, orders_count, on_time_share, scale)| MethodRow {
            method: method.into(),
            orders_count,
            on_time_share,
            lead_time_s_p50: 30.7 * HOUR * scale,
            lead_time_s_p99: 69.9 * HOUR * scale,
        })
        .into(),
        lead_time_curve: (0..=92).map(|hours| (f64::from(hours), cdf(f64::from(hours)))).collect(),
    }
}

fn cost() -> CostFacts {
    let lines = [
        ("freight", 51_200_000.0),
        ("labor", 32_900_000.0),
        ("late penalties", 10_240_000.0),
        ("linehaul", 9_960_000.0),
        ("packaging", 5_100_000.0),
        ("payment fees", 3_180_000.0),
        ("return handling", 1_060_000.0),
    ];
    let total: f64 = lines.iter().map(|(_, minor)| minor).sum();
    CostFacts {
        total_minor: estimate(total, 740_000.0),
        per_order_minor: estimate(total / 96_000.0, 7.7),
        plan_minor: estimate(42_860_000.0, 0.0),
        outcome_minor: estimate(total - 42_860_000.0, 740_000.0),
        lines: lines.map(|(line, minor)| CostRow { line: line.into(), minor, share: minor / total }).into(),
    }
}

fn network() -> NetworkFacts {
    let place = |city: usize, kind: &str, count| PlaceRow {
        name: CITIES[city].0.to_lowercase(),
        kind: kind.into(),
        lat: CITIES[city].1,
        lon: CITIES[city].2,
        count,
    };
    let weight = |zone: usize| 1.0 / (zone as f64 + 2.0);
    let zones = (0..CITIES.len()).map(|zone| PlaceRow {
        name: CITIES[zone].0.into(),
        ..place(zone, "zone", (30_000.0 * weight(zone)) as u64)
    });
    let distance = |a: usize, b: usize| (CITIES[a].1 - CITIES[b].1).hypot(CITIES[a].2 - CITIES[b].2);
    let flows = CENTERS.iter().flat_map(|&center| {
        (0..CITIES.len()).map(move |zone| FlowRow {
            from: CITIES[center].0.to_lowercase(),
            to: CITIES[zone].0.into(),
            parcels_count: (30_000.0 * weight(zone) * (-distance(center, zone) / 7.0).exp()) as u64,
        })
    });
    NetworkFacts {
        nodes: CENTERS
            .iter()
            .map(|&city| place(city, "fulfillment-center", 24_000))
            .chain(HUBS.iter().map(|&city| place(city, "hub", 15_000)))
            .collect(),
        zones: zones.collect(),
        flows: flows.filter(|flow| 0 < flow.parcels_count).collect(),
    }
}

#[test]
fn the_sample_adds_up() {
    let document = document();
    let finals: u64 = document.orders.final_states.iter().map(|row| row.count).sum();
    assert_eq!(document.orders.submitted, finals + document.orders.open);
    assert_eq!(document.orders.submitted, 1_920_000);
}
