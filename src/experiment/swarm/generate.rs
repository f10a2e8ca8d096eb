//! The generator: draws a case from a seed. Everything beside the dimensions comes from the scenario's own key
//! table, so a key that is added tomorrow is drawn tomorrow.

use super::case::Case;
use super::faults::draw_faults;
use crate::kernel::draw::{Draw, Purpose, mix};
use crate::scenario::{KeyRow, Kind, keys};

const DIMENSIONS: Purpose = Purpose::named("swarm dimensions");
const KEYS: Purpose = Purpose::named("swarm keys");

/// A row of dice that are thrown one after the other.
pub(super) struct Dice {
    draw: Draw,
    purpose: Purpose,
    thrown: u64,
}

impl Dice {
    pub(super) fn new(seed: u64, purpose: Purpose) -> Dice {
        Dice { draw: Draw::new(seed, 0), purpose, thrown: 0 }
    }

    pub(super) fn uniform(&mut self) -> f64 {
        self.thrown += 1;
        self.draw.uniform(self.purpose, self.thrown, 0)
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count - 1)
    }

    pub(super) fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Between `low` and `high`, every decade alike.
    pub(super) fn spread(&mut self, low: f64, high: f64) -> f64 {
        low * libm::pow(high / low, self.uniform())
    }
}

/// The case of a seed.
pub fn generate(seed: u64) -> Case {
    let mut dice = Dice::new(seed, DIMENSIONS);
    let centers = 1 + dice.below(3);
    let arrivals_h = dice.spread(1.0, 30.0) as u64;
    let orders = dice.spread(10.0, 2_001.0) as u64;
    let skus = dice.spread(1.0, 21.0) as u64;
    let customers = dice.spread(3.0, 400.0) as u64;
    let horizon_h = arrivals_h + 12 + dice.below(300) as u64;
    let replications = if orders < 200 { 4 } else { 2 };
    let case = Case {
        seed,
        replications,
        orders,
        skus,
        centers,
        customers,
        horizon_h,
        arrivals_h,
        keys: draw_keys(seed),
        faults: Vec::new(),
    };
    Case { faults: draw_faults(&case), ..case }
}

/// Sections whose keys name files, places or other things of the scenario, or belong to the dimensions.
const APART: &[&str] = &[
    // Drawn as a whole below.
    "cart.",
    "wishlist",
    "payment.signing",
    "payment.methods[].offered",
    "demand",
    "storefront",
    "last-mile",
    "promise",
    "carrier-choice",
    "tracking",
    "signature",
    "floor.picking",
    "network.generate",
    "time-zone",
    "nodes[].time-zone",
    "floor.notes",
    "floor.put-away",
    "floor.staging",
    "floor.wave.",
    "floor.learning",
    "service",
    "pre-position",
    "stock.replenish",
    "returns",
    "complaints",
    "experience",
    "nodes[].floor",
    "network.hours",
    "network.ad-hoc",
    "weather",
    "carriers[].per-day",
    "carriers[].peak",
    "name",
    "description",
    "extends",
    "currency",
    "start",
    "run.",
    "arrivals",
    "replay",
    "zones",
    "customers.count",
    "catalog.file",
    "catalog.from-replay",
    "catalog.synthetic.skus",
    "shifts",
    "slo",
    "stock.receipts",
    "stock.file",
    "nodes[].kind",
    "nodes[].name",
    "carriers[].name",
    "delivery[].name",
    "payment.methods[].name",
    "payment.methods[].cash-on-delivery",
    "network.lane-rules[].departures.",
    "faults", // drawn apart
    "promotions.",
    "<",
];

/// Keys that a case always draws: what the swarm is about.
const ALWAYS: &[&str] =
    &["stock.reserve-at", "allocation.strategy", "stock.cover", "allocation.backorder", "floor.merge-window"];

/// Keys of which a swarm wants more than their share: they make orders go other ways than the usual one.
const TROUBLE: &[&str] = &[
    "cancel.share",
    "checkout.address-error",
    "checkout.address-patience",
    "checkout.step-loss",
    "checkout.quote-lifetime",
    "checkout.price-changes",
    "checkout.price-change",
    "review.fraud",
    "payment.expiry",
    "payment.methods[].success",
    "payment.methods[].late-share",
    "payment.methods[].late-delay",
    "payment.methods[].duplicate",
    "payment.methods[].refuse-at-door",
    "payment.methods[].timeout",
    "payment.methods[].rate-limit",
    "payment.methods[].latency",
    "review.manual-score",
    "review.reject-score",
    "review.work",
    "cancel.after",
    "carriers[].attempt-failure",
    "carriers[].attempts",
    "carriers[].loss",
    "carriers[].damage",
    "carriers[].delay-share",
    "carriers[].search",
    "after-sales.re-ship",
    "after-sales.packaging-fault",
    "after-sales.listing-error",
    "after-sales.false-alarm",
    "after-sales.detect-appearance",
    "floor.mispick",
    "floor.pack-check",
    "payment.methods[].remit-after",
    "carriers[].return-freight",
    "after-sales.change-of-mind",
    "after-sales.appearance-fault",
    "allocation.backorder-patience",
    "allocation.split-lines",
    "floor.box-max-units",
    "basket.lines",
    "basket.quantity",
    "stock.safety",
    "catalog.synthetic.classes.cold",
    "initial.backlog",
    "initial.in-transit",
];

/// Changes whenever the same seed may be another case: with the generator, and with the key table.
pub fn generation() -> String {
    let version = 12;
    let text = keys().iter().flat_map(|row| [row.path, row.example]).flat_map(str::bytes);
    format!("{:016x}", text.fold(version, |hash, byte| mix(hash ^ u64::from(byte))))
}

fn eligible(row: &KeyRow) -> bool {
    use Kind::*;
    let drawable = matches!(
        row.kind,
        Word(_)
            | Flag
            | Integer
            | Number
            | Share
            | Weight
            | Weights
            | Span
            | Rate
            | Money
            | Mass
            | Volume
            | Speed
            | Law
    );
    drawable && !APART.iter().any(|apart| row.path.starts_with(apart))
}

fn draw_keys(seed: u64) -> Vec<(String, String)> {
    let mut dice = Dice::new(seed, KEYS);
    let rows: Vec<&KeyRow> = keys().iter().filter(|row| eligible(row)).collect();
    let find = |path: &str| rows.iter().find(|row| row.path == path).copied();
    let mut drawn: Vec<&KeyRow> = ALWAYS.iter().filter_map(|path| find(path)).collect();
    for path in TROUBLE {
        if dice.uniform() < 0.4 {
            drawn.extend(find(path));
        }
    }
    for _ in 0..dice.below(8) {
        drawn.push(*dice.one_of::<&KeyRow>(&rows));
    }
    let mut keys: Vec<(String, String)> = Vec::new();
    for row in drawn {
        let path = row.set_path();
        // Lists that a small shop leaves out have their defaults.
        let listed = ["network.lane-rules", "carriers.*.rates", "stock.receipts"];
        if listed.iter().any(|list| path.starts_with(list)) || keys.iter().any(|key| key.0 == path) {
            continue;
        }
        let value = value_of(row, &mut dice);
        keys.push((path, value));
    }
    make_peace(&mut keys);
    let cash_everywhere = keys.iter().any(|key| key.0 == "payment.methods.*.cash-on-delivery");
    if dice.uniform() < 0.4 && !cash_everywhere {
        keys.push(("payment.methods.0.fallback".to_owned(), "invoice".to_owned()));
        keys.push(("payment.methods.0.success".to_owned(), format!("{:.2}", dice.uniform())));
        if dice.uniform() < 0.7 {
            keys.push(("payment.methods.1.fallback".to_owned(), "cash".to_owned()));
            keys.push(("payment.methods.1.success".to_owned(), format!("{:.2}", dice.uniform())));
        }
    }
    if dice.uniform() < 0.3 {
        let coupon = |name: &str, dice: &mut Dice| {
            let budget = dice.spread(3.0, 3_000.0) as u64 + 9;
            let off = *dice.one_of(&["off: 3", "off: 9", "percent: 20%", "percent: 100%"]);
            let more =
                *dice.one_of(&["", ", per-customer: 1", ", group: x", ", threshold: 30", ", share: 50%"]);
            format!("{{name: {name}, {off}, budget: {budget}{more}}}")
        };
        let coupons =
            format!("[{}, {}, {}]", coupon("a", &mut dice), coupon("b", &mut dice), coupon("c", &mut dice));
        keys.push(("promotions.coupons".to_owned(), coupons));
    }
    if dice.uniform() < 0.3 {
        let lifetime = dice.spread(0.1, 300.0);
        keys.push((
            "promotions.points".to_owned(),
            format!("{{worth: 0.05, spenders: {:.2}, lifetime: {lifetime:.2} h}}", dice.uniform()),
        ));
    }
    if dice.uniform() < 0.2 {
        let weights = format!("{{per-money: {:.2}, per-day: {:.2}}}", dice.uniform(), dice.uniform());
        keys.push(("checkout.choice".to_owned(), weights));
    }
    if dice.uniform() < 0.2 {
        let verdicts = crate::scenario::spec::ReviewVerdict::NAMES;
        let verdict = *dice.one_of(&verdicts);
        let rule = format!("[{{name: some, units-above: {}, verdict: {verdict}}}]", dice.below(6));
        keys.push(("review.rules".to_owned(), rule));
        keys.retain(|key| key.0 != "review.reviewers");
    }
    if dice.uniform() < 0.3 {
        let (at, share) = (dice.spread(1.0, 40.0) as u64, 1 + dice.below(60));
        keys.push(("stock.receipts".to_owned(), format!("[{{at: {at} h, share: {share}%}}]")));
    }
    if dice.uniform() < 0.2 {
        keys.push(("last-mile".to_owned(), vans(&mut dice)));
    }
    draw_movement(&mut dice, &mut keys);
    if dice.uniform() < 0.2 {
        // Three visitors for an order, not thirty.
        keys.retain(|key| !key.0.starts_with("shop.cart-a") && key.0 != "shop.cart-rate");
        for (path, value) in
            [("demand", "sessions"), ("shop.cart-rate", "50%"), ("shop.cart-abandonment", "30%")]
        {
            keys.push((path.to_owned(), value.to_owned()));
        }
        keys.push(("storefront".to_owned(), storefront(&mut dice)));
    }
    if dice.uniform() < 0.2 {
        let target = *dice.one_of(&["50%", "90%", "99%"]);
        keys.push(("promise".to_owned(), format!("{{target: {target}, window: {}}}", 50 + dice.below(100))));
    }
    if dice.uniform() < 0.3 {
        let weight = *dice.one_of(&["0", "0.5", "30"]);
        let explore = *dice.one_of(&["0%", "10%", "100%"]);
        let choice =
            format!("{{risk-weight: {weight}, explore: {explore}, memory: {}}}", 1 + dice.below(300));
        keys.push(("carrier-choice".to_owned(), choice));
    }
    if dice.uniform() < 0.3 {
        let rate = *dice.one_of(&["0/h", "0.01/h", "5/h"]);
        let (loss, delay, stale) = (dice.uniform(), dice.below(40_000), dice.below(200_000));
        let page = format!(
            "{{scan-loss: {loss:.3}, delay: {delay} s, stale-after: {stale} s, stale-contacts: {rate}, late-contacts: {rate}}}"
        );
        keys.push(("tracking".to_owned(), page));
    }
    if dice.uniform() < 0.3 {
        let above = dice.spread(1.0, 500.0) as u64;
        let (waiver, theft) = (dice.uniform(), dice.uniform());
        keys.push((
            "signature".to_owned(),
            format!("{{above: {above}, waiver: {waiver:.3}, theft: {theft:.3}}}"),
        ));
    }
    if dice.uniform() < 0.15 {
        let (hubs, stations) = (dice.below(3), 10 * dice.below(11));
        let air = *dice.one_of(&["0 km", "200 km", "2000 km"]);
        // Vehicles of all sizes go together in convoys: no floor of a drawn size has room for every one.
        keys.retain(|key| key.0 != "nodes.*.floor");
        let small = "truck: {capacity: 6}, air: {capacity: 6}, van: {capacity: 3}";
        let search = dice.below(3);
        let placed =
            format!("{{hubs: {hubs}, stations: {stations}%, air-from: {air}, search: {search}, {small}}}");
        keys.push(("network.generate".to_owned(), placed));
    }
    if dice.uniform() < 0.15 {
        let zone = *dice.one_of(&["Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"]);
        keys.push(("time-zone".to_owned(), zone.to_owned()));
    }
    if dice.uniform() < 0.2 {
        keys.push(("service".to_owned(), contact_center(&mut dice)));
    }
    // Visitors of sessions bring carts of their own.
    if dice.uniform() < 0.3 && keys.iter().all(|key| key.0 != "demand") {
        carts(&mut dice, &mut keys);
    }
    if dice.uniform() < 0.3 {
        keys.push(("payment.signing".to_owned(), signatures(&mut dice)));
    }
    after_the_door(&mut dice, &mut keys);
    if dice.uniform() < 0.2 {
        keys.push(("stock.replenish".to_owned(), replenish(&mut dice)));
    }
    if dice.uniform() < 0.2 {
        keys.push(("pre-position".to_owned(), pre_position(&mut dice)));
        keys.push(("stock.nodes-per-sku".to_owned(), (1 + dice.below(2)).to_string()));
    }
    if dice.uniform() < 0.2 {
        let (from, to) = (dice.below(12), 12 + dice.below(12));
        keys.push(("shifts.plan".to_owned(), format!("[{{from: \"{from:02}:00\", to: \"{to:02}:00\"}}]")));
        keys.push(("nodes.*.shifts".to_owned(), "plan".to_owned()));
    }
    super::warehouse::draw(&mut dice, &mut keys);
    keys
}

/// Small trucks to hubs with little room, carriers whose days are full, weather, vehicles on top.
fn draw_movement(dice: &mut Dice, keys: &mut Vec<(String, String)>) {
    let mut put = |path: &str, value: String| {
        keys.retain(|key| key.0 != path);
        keys.push((path.to_owned(), value));
    };
    if dice.uniform() < 0.25 {
        let room = 1 + dice.below(40);
        let rule = |from: &str, dice: &mut Dice| {
            let every = 5 + dice.below(300);
            format!("{{from: {from}, to: hubs, capacity: {room}, departures: {{every: {every} m}}}}")
        };
        let rules = format!("[{}, {}]", rule("fulfillment-centers", dice), rule("hubs", dice));
        put("network.lane-rules", rules);
        put("nodes.*.floor", format!("{}", room + dice.below(20)));
        if dice.uniform() < 0.5 {
            let (above, lead) = (dice.below(300), 1 + dice.below(600));
            put("network.ad-hoc", format!("{{above: {above}%, lead: {lead} m}}"));
        }
    }
    if dice.uniform() < 0.25 {
        put("carriers.*.per-day", format!("{}", dice.spread(1.0, 600.0) as u64));
        if dice.uniform() < 0.5 {
            let share = dice.below(300);
            put(
                "carriers.*.peak",
                format!("[{{from: 2026-01-01, to: 2027-01-01, per-parcel: 2, share: {share}%}}]"),
            );
        }
    }
    if dice.uniform() < 0.25 {
        let (turns, clears, closed) = (dice.uniform(), dice.uniform(), dice.below(100));
        put(
            "weather",
            format!(
                "[{{name: sky, together: {}, states: [{{name: fair, next: [{}, {turns}]}}, {{name: foul, speed: {}%, \
                 closed: {closed}%, next: [{clears}, {}]}}]}}]",
                dice.one_of(&["true", "false"]),
                1.0 - turns,
                1 + dice.below(100),
                1.0 - clears
            ),
        );
    }
    if dice.uniform() < 0.2 {
        let hours: Vec<String> = (0..24).map(|_| format!("{:.2}", dice.spread(0.01, 3.0))).collect();
        put("network.hours", format!("[{}]", hours.join(", ")));
    }
}

fn after_the_door(dice: &mut Dice, keys: &mut Vec<(String, String)>) {
    if dice.uniform() < 0.3 {
        let window = *dice.one_of(&["0 s", "10 h", "30 d"]);
        let (exchange, pickup) = (dice.uniform(), dice.uniform());
        let rules = format!(
            "{{window: {window}, exchange: {exchange:.2}, pickup: {pickup:.2}, approval: 90%, approval-time: 9 h}}"
        );
        keys.push(("returns".to_owned(), rules));
    }
    if dice.uniform() < 0.2 {
        let (within, work) = (dice.spread(1.0, 90_000.0) as u64, dice.spread(10.0, 90_000.0) as u64);
        let rules = format!(
            "{{late: 80%, fault: 50%, officers: 1, leads: 1, work: {work} s, \
             tiers: [{{name: a, answer-within: {within} s}}, {{name: b, answer-within: 9 s}}]}}"
        );
        keys.push(("complaints".to_owned(), rules));
    }
    if dice.uniform() < 0.2 {
        let (again, after) = (0.9 * dice.uniform(), dice.spread(1.0, 900_000.0) as u64);
        let rules = format!("{{after: {after} s, comes-back: {again:.2}, comes-back-after: {after} s}}");
        keys.push(("experience".to_owned(), rules));
    }
}

fn contact_center(dice: &mut Dice) -> String {
    let (agents, chats) = (1 + dice.below(4), 1 + dice.below(4));
    let patience = *dice.one_of(&["", ", patience: {exponential: {mean: 2 m}}", ", patience: 0 s"]);
    let handle = dice.spread(10.0, 20_000.0) as u64;
    let (share, bot, phone) = (dice.uniform(), dice.uniform(), *dice.one_of(&["0%", "50%", "100%"]));
    format!(
        "{{intents: [{{name: where-is-my-order, share: {share:.2}}}, {{name: return-question}}, \
         {{name: complaint, share: 100%}}, {{name: payment-problem, wrong: 90%}}, {{name: other, share: {share:.2}}}], \
         self-service: {{share: {bot:.2}}}, bot: {{share: {bot:.2}}}, call-back: {share:.2}, \
         phone: {{share: {phone}, agents: {agents}, handle: {{exponential: {{mean: {handle} s}}}}{patience}}}, \
         chat: {{agents: {agents}, concurrency: {chats}, slowdown: {bot:.2}, handle: {handle} s{patience}}}}}"
    )
}

fn carts(dice: &mut Dice, keys: &mut Vec<(String, String)>) {
    let (hold, rule) = (*dice.one_of(&["true", "false"]), *dice.one_of(&["larger", "sum"]));
    let lifetime = dice.spread(0.02, 100.0);
    let (change, back, guests) = (dice.uniform(), dice.uniform(), dice.uniform());
    let cart = format!(
        "{{hold: {hold}, merge: {rule}, lifetime: {lifetime:.2} h, change: {change:.2}, put-back: {back:.2}, \
         guests: {guests:.2}, saved: {back:.2}}}"
    );
    keys.push(("cart".to_owned(), cart));
    if dice.uniform() < 0.7 {
        let (browsing, back) = (dice.uniform(), dice.uniform());
        let wishlist = format!("{{refused: {back:.2}, browsing: {browsing:.2}, come-back: {back:.2}}}");
        keys.push(("wishlist".to_owned(), wishlist));
    }
}

fn signatures(dice: &mut Dice) -> String {
    let (window, skew) = (1 + dice.below(300), 1 + dice.below(200));
    let (forged, replayed) = (dice.uniform(), dice.uniform());
    let (overlap, rotate) = (dice.below(30), 31 + dice.below(100));
    format!(
        "{{window: {window} s, rotate-every: {rotate} m, overlap: {overlap} m, skew: {{exponential: {{mean: {skew} s}}}}, \
         forged-share: {forged:.2}, replayed-share: {replayed:.2}}}"
    )
}

fn replenish(dice: &mut Dice) -> String {
    let policy = *dice.one_of(&["base-stock", "s-q"]);
    let level = *dice.one_of(&["level: 0", "level: 9", "level: 200", "cover: 5 h", "cover: 6 d"]);
    let (lot, fill) = (1 + dice.below(30), *dice.one_of(&["0%", "40%", "100%"]));
    let lead = dice.spread(1.0, 400_000.0) as u64;
    format!(
        "[{{policy: {policy}, {level}, quantity: {lot}, review: {} m, supplier-fill: {fill}, \
         lead-time: {{exponential: {{mean: {lead} s}}}}, order-cost: {}}}]",
        1 + dice.below(2_000),
        dice.below(9)
    )
}

fn pre_position(dice: &mut Dice) -> String {
    let season = *dice.one_of(&["hour-of-day", "day-of-week"]);
    format!(
        "{{every: {} h, first: {} h, horizon: {} h, season: {season}, history: {} h, dense: {:.2}, capacity: {}, \
         rounds: {}, cost-per-unit-100km: 0.0{}, local-value: {}, handling: {{exponential: {{mean: {} s}}}}}}",
        1 + dice.below(40),
        dice.below(30),
        dice.below(90),
        dice.below(900),
        dice.spread(0.01, 9.0),
        1 + dice.below(90),
        1 + dice.below(20),
        dice.below(10),
        dice.below(9),
        dice.spread(1.0, 200_000.0) as u64
    )
}

fn vans(dice: &mut Dice) -> String {
    let fidelity = *dice.one_of(&["approx", "fast", "vrp"]);
    let rounds = *dice.one_of(&["[\"08:00\", \"13:00\"]", "[\"20:00\"]", "{every: 11 h, first: \"09:00\"}"]);
    let (vans, capacity) = (1 + dice.below(20), 1 + dice.below(50));
    let (speed, area) = (dice.spread(2.0, 60.0), dice.spread(0.1, 3_000.0));
    format!(
        "{{fidelity: {fidelity}, vans: {vans}, capacity: {capacity}, speed: {speed:.1} km/h, area: {area:.1}, \
         iterations: {}, sample: 30%, time-per-stop: {} s}}",
        1 + dice.below(200),
        dice.below(2_000)
    )
    .replace("{fidelity", &format!("{{rounds: {rounds}, fidelity"))
}

fn storefront(dice: &mut Dice) -> String {
    let searchers = dice.uniform();
    format!(
        "{{segments: [{{name: a, share: 40%, searchers: {searchers:.2}, patience: {:.2}}}, \
         {{name: b, share: 60%, price-sensitivity: {:.2}}}], page: {{servers: {}, work: {} s}}, \
         search: {{servers: {}, typos: {:.2}, noise: {:.1}}}, \
         recommend: {{within: 10 s, accept: {:.2}, window: {}}}, ratings: {{writers: {:.2}}}, \
         assets: {}, cache: {}, tau: {} s, add: {:.2}}}",
        dice.spread(0.1, 10.0),
        dice.spread(0.1, 5.0),
        1 + dice.below(9),
        dice.below(20),
        1 + dice.below(9),
        dice.uniform(),
        dice.spread(0.1, 20.0),
        dice.uniform(),
        1 + dice.below(300),
        dice.uniform(),
        dice.below(20),
        dice.below(200),
        1 + dice.below(300),
        0.01 + 0.99 * dice.uniform(),
    )
}

/// Keys that the reader weighs against each other.
fn make_peace(keys: &mut Vec<(String, String)>) {
    let share = |keys: &[(String, String)], path: &str| -> Option<f64> {
        keys.iter().find(|key| key.0 == path).and_then(|key| key.1.parse().ok())
    };
    // Nobody is rejected before anybody looks.
    let (manual, reject) = ("review.manual-score", "review.reject-score");
    let looked = share(keys, manual).unwrap_or(0.98);
    if let Some(rejected) = share(keys, reject) {
        keys.retain(|key| key.0 != manual);
        keys.push((manual.to_owned(), format!("{:.6}", looked.min(rejected))));
    } else if 0.995 < looked {
        keys.push((reject.to_owned(), "1".to_owned()));
    }
    // A strategy that looks ahead every second of ten days says nothing that it does not say every ten minutes.
    for key in keys.iter_mut().filter(|key| key.0 == "allocation.refresh-every") {
        let seconds = key.1.trim_end_matches(" s").parse::<u64>().map_or(600, |seconds| seconds.max(600));
        key.1 = format!("{seconds} s");
    }
    // A ramp leads somewhere.
    let ramp = "load.arrivals.ramping-arrival-rate";
    if keys.iter().any(|key| key.0.starts_with(ramp)) {
        keys.push((format!("{ramp}.stages"), "[{to: 100000/s, over: 1 s}]".to_owned()));
    }
    // Faults of the goods are shares of one whole, and so are handling classes.
    let of_a_whole = |path: &str| path.ends_with("-fault") || path.starts_with("catalog.synthetic.classes.");
    // A line is picked wrong in one way.
    let of_a_whole = |path: &str| of_a_whole(path) || matches!(path, "floor.mispick" | "floor.miscount");
    for key in keys.iter_mut().filter(|key| of_a_whole(&key.0)) {
        key.1 = format!("{:.4}", key.1.parse::<f64>().map_or(0.3, |share| share * 0.33));
    }
}

/// A legal value: often an extreme one, as extremes are where things break.
pub(super) fn value_of(row: &KeyRow, dice: &mut Dice) -> String {
    let bounded = |value: f64| value.clamp(row.min, row.max);
    match row.kind {
        Kind::Word(words) => dice.one_of(words).to_string(),
        Kind::Flag => dice.one_of(&["true", "false"]).to_string(),
        Kind::Share => {
            let drawn = match dice.below(5) {
                0 => 0.0,
                1 => 1.0,
                _ => dice.uniform(),
            };
            format!("{:.6}", bounded(drawn))
        }
        Kind::Integer => format!("{}", bounded(dice.spread(1.0, 60.0) - 1.0).ceil() as u64),
        Kind::Number | Kind::Weight => format!("{:.3}", bounded(dice.spread(0.1, 4.0))),
        Kind::Weights => {
            let count = 1 + dice.below(6);
            let weights: Vec<String> = (0..count).map(|_| (1 + dice.below(9)).to_string()).collect();
            format!("[{}]", weights.join(", "))
        }
        Kind::Span => match dice.below(4) {
            0 => format!("{} s", bounded(row.min.max(0.0)).ceil() as u64),
            // Longer than an order lives.
            1 => format!("{} s", bounded(dice.spread(86_400.0, 900_000.0)).ceil() as u64),
            _ => format!("{} s", bounded(dice.spread(1.0, 300_000.0)).ceil() as u64),
        },
        Kind::Law => {
            let longest = *dice.one_of(&[600.0, 50_000.0, 500_000.0]);
            let mean = dice.spread(1.0, longest) as u64;
            match dice.below(3) {
                0 => format!("{mean} s"),
                1 => format!("{{exponential: {{mean: {mean} s}}}}"),
                _ => format!("{{uniform: {{from: 0 s, to: {} s}}}}", 2 * mean),
            }
        }
        _ if !row.probe.is_empty() => row.probe.to_owned(),
        _ => row.example.to_owned(),
    }
}
