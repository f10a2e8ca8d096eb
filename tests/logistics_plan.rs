//! Ways and plans agree with a walk that reads the rows as they were written, minute by minute.

use ordermill::domain::{CarrierId, GeoPoint, MethodId, Money, NodeId, NodeKind, ZoneId};
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::law::Law;
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::{
    CarrierInput, LaneInput, MethodInput, Network, NetworkInput, NodeInput, Parcel, RateBand, Timetable,
    ZoneInput,
};

const MINUTE: u64 = 60_000_000;

fn below(dice: &mut Source, n: u64) -> u64 {
    dice.bits() % n
}

fn place(dice: &mut Source) -> GeoPoint {
    GeoPoint { lat: 22.0 + 20.0 * dice.uniform(), lon: 100.0 + 20.0 * dice.uniform() }
}

fn timetable(dice: &mut Source, weekly: bool) -> Timetable {
    let period = if weekly { 10_080 } else { 1_440 };
    let minutes = (0..1 + below(dice, 6)).map(|_| below(dice, period) as u16).collect();
    if weekly { Timetable::Weekly(minutes) } else { Timetable::Daily(minutes) }
}

/// Two to four centers, up to six hubs, up to three carriers; a chain keeps every center connected.
fn random_rows(seed: u64) -> NetworkInput {
    let dice = &mut Draw::new(seed, 0).source("network");
    let (centers, hubs) = (2 + below(dice, 3), 1 + below(dice, 6));
    let nodes: Vec<NodeInput> = (0..centers + hubs)
        .map(|node| {
            let kind = if node < centers { NodeKind::FulfillmentCenter } else { NodeKind::Hub };
            NodeInput::new(&format!("n{node}"), kind, place(dice), Span::from_minutes(below(dice, 900)))
        })
        .collect();
    let carriers: Vec<CarrierInput> = (0..1 + below(dice, 3)).map(|c| carrier(dice, c)).collect();
    let mut lanes = Vec::new();
    for carrier in 0..carriers.len() as u8 {
        for from in 0..nodes.len() as u16 {
            let first_hub = centers as u16;
            let hub = |dice: &mut Source| first_hub + below(dice, hubs) as u16;
            // The first hub is everybody's; others by luck.
            let mut tos = vec![first_hub];
            tos.extend((0..below(dice, 4)).map(|_| hub(dice)));
            for to in tos.into_iter().filter(|&to| to != from) {
                let weekly = below(dice, 4) == 0;
                lanes.push(LaneInput {
                    name: format!("{from} - {to}, {carrier}"),
                    from: NodeId(from),
                    to: NodeId(to),
                    carrier: CarrierId(carrier),
                    timetable: timetable(dice, weekly),
                    cut_off: Span::from_minutes(below(dice, 90)),
                    capacity: 1,
                    travel: Span(below(dice, 900) * MINUTE + below(dice, MINUTE)),
                    travel_cv: 0.1,
                    cost_per_departure: Money(1),
                    cost_per_km: Money(1),
                    distance_km: 1.0,
                    ..LaneInput::default()
                });
            }
        }
    }
    let methods = (0..3).map(|m| MethodInput {
        name: format!("m{m}"),
        carriers: (0..carriers.len() as u8).filter(|_| m == 1).map(CarrierId).collect(),
        handling: Span::from_minutes(below(dice, 600)),
        slack: Span::from_minutes(below(dice, 600)),
        by_day: m == 2,
        ..MethodInput::default()
    });
    NetworkInput {
        methods: methods.collect(),
        zones: (0..1 + below(dice, 8))
            .map(|zone| ZoneInput { name: format!("z{zone}"), at: place(dice), weight: 1.0 })
            .collect(),
        nodes,
        carriers,
        lanes,
        circuity: 1.3,
        start_minute_of_week: below(dice, 10_080) as u16,
        planned_quantile: 0.9,
        ..NetworkInput::default()
    }
}

fn carrier(dice: &mut Source, id: u64) -> CarrierInput {
    let rate = |up_to_km: f64, dice: &mut Source| RateBand {
        up_to_km,
        first_kg: Money(500 + below(dice, 500) as i64),
        per_further_kg: Money(below(dice, 300) as i64),
    };
    let (from, to) = (below(dice, 1_440) as u16, below(dice, 1_440) as u16);
    CarrierInput {
        name: format!("c{id}"),
        rates: vec![rate(300.0, dice), rate(900.0, dice), rate(2_000.0, dice)],
        volumetric_ml_per_g: 6.0,
        last_mile: Law::uniform(Span::from_hours(1), Span::from_hours(9)),
        last_mile_per_100km: Span::from_minutes(below(dice, 120)),
        attempts: 3,
        attempt_failure: 0.1,
        retry_after: Span::DAY,
        door_from_minute: from,
        door_to_minute: if from == to { to + 1 } else { to },
        tour: Span::ZERO,
    }
}

/// The rows again, read in the plainest way.
struct Walk<'a> {
    rows: &'a NetworkInput,
}

impl<'a> Walk<'a> {
    fn handling(&self, node: NodeId) -> Span {
        self.rows.nodes[node.index()].handling
    }

    fn departs(&self, lane: &LaneInput, minute_from_zero: u64) -> bool {
        let local = minute_from_zero + u64::from(self.rows.start_minute_of_week);
        let within = (local % u64::from(lane.timetable.period_minutes())) as u16;
        lane.timetable.minutes().contains(&within)
    }

    fn next_departure(&self, lane: &LaneInput, at: Moment) -> Moment {
        let first = at.0.div_ceil(MINUTE);
        let minute = (first..first + 20_160).find(|&minute| self.departs(lane, minute));
        Moment(minute.expect("it departs") * MINUTE)
    }

    /// Bellman-Ford over instants: when a parcel is sorted at each node, at the earliest.
    fn earliest(&self, carrier: CarrierId, from: NodeId, ready: Moment) -> Vec<Option<Moment>> {
        let mut best = vec![None; self.rows.nodes.len()];
        best[from.index()] = Some(ready);
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for lane in self.rows.lanes.iter().filter(|lane| lane.carrier == carrier) {
                let Some(at) = best[lane.from.index()] else { continue };
                let sorted = self.sorted(lane, at);
                if best[lane.to.index()].is_none_or(|other| sorted < other) {
                    best[lane.to.index()] = Some(sorted);
                    changed = true;
                }
            }
        }
        best
    }

    fn sorted(&self, lane: &LaneInput, at: Moment) -> Moment {
        self.next_departure(lane, at + lane.cut_off) + lane.travel + self.handling(lane.to)
    }

    /// The hub nearest to the zone that is reached, and when.
    fn hub(&self, carrier: CarrierId, node: NodeId, zone: ZoneId, ready: Moment) -> Option<(NodeId, Moment)> {
        let sorted = self.earliest(carrier, node, ready);
        let hubs = (0..self.rows.nodes.len() as u16).map(NodeId);
        let hubs = hubs.filter(|hub| self.rows.nodes[hub.index()].kind == NodeKind::Hub);
        let reached = hubs.filter_map(|hub| Some((hub, sorted[hub.index()]?)));
        reached.min_by(|a, b| self.km(a.0, zone).total_cmp(&self.km(b.0, zone)))
    }

    fn km(&self, node: NodeId, zone: ZoneId) -> f64 {
        self.rows.nodes[node.index()].at.distance_km(self.rows.zones[zone.index()].at) * self.rows.circuity
    }

    /// The hub, when it is sorted there, and when it rings.
    fn arrival(
        &self,
        carrier: CarrierId,
        node: NodeId,
        zone: ZoneId,
        ready: Moment,
    ) -> Option<(NodeId, Moment, Moment)> {
        let (hub, sorted) = self.hub(carrier, node, zone, ready)?;
        let row = &self.rows.carriers[carrier.index()];
        let at: Moment = sorted + row.last_mile.quantile(self.rows.planned_quantile);
        let far = (row.last_mile_per_100km.0 as f64 * self.km(hub, zone) / 100.0).round() as u64;
        Some((hub, sorted, self.door(row, Moment(at.0 + far))))
    }

    /// The first instant at or after `at` that is within door hours: `at`, or a full minute.
    fn door(&self, row: &CarrierInput, at: Moment) -> Moment {
        let open = |at: Moment| {
            let of_day = (at.0 + u64::from(self.rows.start_minute_of_week) * MINUTE) % (1_440 * MINUTE);
            let (from, to) =
                (u64::from(row.door_from_minute) * MINUTE, u64::from(row.door_to_minute) * MINUTE);
            if from < to { from <= of_day && of_day <= to } else { from <= of_day || of_day <= to }
        };
        let minutes = (at.0.div_ceil(MINUTE)..).map(|minute| Moment(minute * MINUTE));
        std::iter::once(at).chain(minutes).find(|&at| open(at)).expect("it opens")
    }

    fn promise(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        let row = &self.rows.methods[method.index()];
        let carriers = (0..self.rows.carriers.len() as u8).map(CarrierId);
        let served = carriers.filter(|carrier| row.carriers.is_empty() || row.carriers.contains(carrier));
        let plans =
            served.filter_map(|carrier| Some(self.arrival(carrier, node, zone, at + row.handling)?.2));
        let promised = plans.min()? + row.slack;
        let day = 1_440 * MINUTE;
        let phase = u64::from(self.rows.start_minute_of_week) * MINUTE;
        let by_day = Moment(((promised.0 + phase).div_ceil(day) * day) - phase);
        Some(if row.by_day { by_day } else { promised })
    }
}

#[test]
fn plans_are_what_a_walk_through_the_rows_meets() {
    let mut hops = 0;
    for seed in 0..60 {
        let rows = random_rows(seed);
        let walk = Walk { rows: &rows };
        let network = Network::build(rows.clone()).unwrap_or_else(|problems| panic!("{seed}: {problems:?}"));
        let dice = &mut Draw::new(seed, 0).source("quotes");
        for _ in 0..40 {
            let carrier = CarrierId(below(dice, rows.carriers.len() as u64) as u8);
            let node = NodeId(below(dice, rows.nodes.len() as u64) as u16);
            let zone = ZoneId(below(dice, rows.zones.len() as u64) as u16);
            let ready = Moment(below(dice, 30 * 1_440 * MINUTE));
            let walked = walk.arrival(carrier, node, zone, ready);
            let (hub, sorted, arrival) = walked.expect("every hub is reached");
            assert_eq!(network.plan_arrival(carrier, node, zone, ready), Some(arrival), "seed {seed}");
            assert_eq!(network.last_hub(carrier, node, zone), Some(hub));
            let (mut at, mut now) = (node, ready);
            while let Some(lane) = network.next_lane(carrier, at, zone, now) {
                let row = &rows.lanes[lane.index()];
                assert_eq!((row.from, row.carrier), (at, carrier), "seed {seed}");
                (at, now) = (row.to, walk.sorted(row, now));
                assert_eq!(network.lane(lane).to, at);
                hops += 1;
            }
            assert_eq!((at, now), (hub, sorted), "seed {seed}");
            let method = MethodId(below(dice, 3) as u8);
            assert_eq!(
                network.promise(method, node, zone, ready),
                walk.promise(method, node, zone, ready),
                "seed {seed}"
            );
        }
    }
    assert!(2_000 < hops, "the networks are too easy: {hops} hops");
}

#[test]
fn a_later_parcel_is_never_planned_to_come_earlier() {
    for seed in 0..60 {
        let rows = random_rows(seed);
        let network = Network::build(rows.clone()).unwrap();
        let plan = |minute| network.plan_arrival(CarrierId(0), NodeId(0), ZoneId(0), Moment(minute * MINUTE));
        let plans: Vec<Moment> = (0..12_000).step_by(7).map(|minute| plan(minute).unwrap()).collect();
        assert!(plans.is_sorted(), "seed {seed}");
    }
}

#[test]
fn the_chosen_carrier_is_the_cheapest_on_time_else_the_fastest() {
    let (mut on_time, mut late) = (0, 0);
    for seed in 0..100 {
        let rows = random_rows(seed);
        let network = Network::build(rows.clone()).unwrap();
        let dice = &mut Draw::new(seed, 0).source("parcels");
        for _ in 0..20 {
            let parcel = Parcel {
                method: MethodId(1),
                node: NodeId(below(dice, 2) as u16),
                zone: ZoneId(below(dice, rows.zones.len() as u64) as u16),
                weight_g: below(dice, 9_000) as u32,
                volume_ml: below(dice, 40_000) as u32,
            };
            let ready = Moment(below(dice, 10_000) * MINUTE);
            let promised = ready + Span::from_hours(below(dice, 90));
            let chosen = network.choose_carrier(&parcel, ready, promised).unwrap();
            let plan = |c| network.plan_arrival(c, parcel.node, parcel.zone, ready).unwrap();
            let price = |c| network.freight(c, parcel.node, parcel.zone, parcel.weight_g, parcel.volume_ml);
            let all: Vec<CarrierId> = (0..rows.carriers.len() as u8).map(CarrierId).collect();
            let in_time: Vec<CarrierId> = all.iter().copied().filter(|&c| plan(c) <= promised).collect();
            let expect = match in_time.is_empty() {
                false => in_time.into_iter().min_by_key(|&c| (price(c), plan(c), c)),
                true => all.into_iter().min_by_key(|&c| (plan(c), price(c), c)),
            };
            assert_eq!(Some(chosen), expect, "seed {seed}");
            if plan(chosen) <= promised { on_time += 1 } else { late += 1 }
        }
    }
    assert!(100 < on_time && 100 < late, "{on_time} on time, {late} late");
}
