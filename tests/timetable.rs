//! Earliest arrivals, offers and profiles agree with a timetable that is expanded over time, departure by departure,
//! from the rows as they were written.

use ordermill::domain::{CarrierId, GeoPoint, LaneId, Money, NodeId, NodeKind};
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::{Connections, LaneInput, NetworkInput, NodeInput, Offer, Profiles, Timetable};

const MINUTE: u64 = 60_000_000;
const NETWORKS: u64 = 240;

fn below(dice: &mut Source, n: u64) -> u64 {
    dice.bits() % n
}

/// Three to nine nodes and lanes at random, some of them weekly, some from a node that nothing leads to.
fn random_rows(seed: u64) -> NetworkInput {
    let dice = &mut Draw::new(seed, 0).source("network");
    let count = 3 + below(dice, 7);
    let weeks = below(dice, 3) == 0;
    let at = GeoPoint { lat: 30.0, lon: 110.0 };
    let node = |node: u64, dice: &mut Source| {
        NodeInput::new(&format!("n{node}"), NodeKind::Hub, at, Span::from_minutes(below(dice, 300)))
    };
    let nodes: Vec<NodeInput> = (0..count).map(|index| node(index, dice)).collect();
    let lanes = (0..count * (1 + below(dice, 4))).map(|row| {
        let from = below(dice, count);
        let to = (from + 1 + below(dice, count - 1)) % count;
        let weekly = weeks && below(dice, 2) == 0;
        let minutes: Vec<u16> = (0..1 + below(dice, 5))
            .map(|_| below(dice, if weekly { 10_080 } else { 1_440 }) as u16)
            .collect();
        // Few travel times and few departures, so that ways tie.
        let coarse = below(dice, 2) == 0;
        LaneInput {
            name: format!("lane {row}"),
            from: NodeId(from as u16),
            to: NodeId(to as u16),
            carrier: CarrierId((below(dice, 8) == 0).into()),
            timetable: if weekly { Timetable::Weekly(minutes) } else { Timetable::Daily(minutes) },
            cut_off: Span::from_minutes(below(dice, 1_700) * below(dice, 2)),
            capacity: 1 + below(dice, 50) as u32,
            travel: match coarse {
                true => Span::from_hours(1 + below(dice, 3)),
                false => Span(1 + below(dice, 900) * MINUTE + below(dice, MINUTE)),
            },
            travel_cv: 0.1,
            cost_per_departure: Money(below(dice, 2_000) as i64),
            cost_per_km: Money(below(dice, 3) as i64),
            distance_km: below(dice, 900) as f64,
            ..LaneInput::default()
        }
    });
    NetworkInput {
        lanes: lanes.collect(),
        nodes,
        start_minute_of_week: below(dice, 10_080) as u16,
        ..NetworkInput::default()
    }
}

/// One carrier's departures, minute by minute.
struct Expanded<'a> {
    rows: &'a NetworkInput,
    lanes: Vec<(usize, &'a LaneInput)>,
}

impl<'a> Expanded<'a> {
    fn new(rows: &'a NetworkInput, closed: &[bool]) -> Expanded<'a> {
        let runs = |(row, lane): &(usize, &LaneInput)| lane.carrier == CarrierId(0) && !closed[*row];
        Expanded { rows, lanes: rows.lanes.iter().enumerate().filter(runs).collect() }
    }

    /// Calls with every departure from business instant `since` on, in order, until told that it is enough.
    /// (instant, row, lane); instants before business instant zero do not exist.
    fn departures(&self, since: Moment, until: u64, mut tell: impl FnMut(u64, &LaneInput)) {
        let start = u64::from(self.rows.start_minute_of_week);
        let mut of_week: Vec<(u64, usize)> = Vec::new();
        for (place, (_, lane)) in self.lanes.iter().enumerate() {
            let (days, minutes) = match &lane.timetable {
                Timetable::Daily(minutes) => (7, minutes),
                Timetable::Weekly(minutes) => (1, minutes),
            };
            of_week.extend(
                (0..days).flat_map(|day| {
                    minutes.iter().map(move |&minute| (day * 1_440 + u64::from(minute), place))
                }),
            );
        }
        of_week.sort_unstable();
        for week in since.0 / MINUTE / 10_080.. {
            for &(minute, place) in &of_week {
                let Some(minute) = (week * 10_080 + minute).checked_sub(start) else { continue };
                if until < minute * MINUTE {
                    return;
                }
                if since.0 <= minute * MINUTE {
                    tell(minute * MINUTE, self.lanes[place].1);
                }
            }
            if of_week.is_empty() {
                return;
            }
        }
    }

    /// Longer than any way without a detour.
    fn horizon(&self, ready: Moment) -> u64 {
        ready.0 + (self.rows.nodes.len() as u64) * 10 * 1_440 * MINUTE
    }

    fn sorted(&self, lane: &LaneInput, departure: u64) -> u64 {
        departure + lane.travel.0 + self.rows.nodes[lane.to.index()].handling.0
    }

    fn earliest(&self, from: NodeId, ready: Moment) -> Vec<u64> {
        let mut here = vec![u64::MAX; self.rows.nodes.len()];
        here[from.index()] = ready.0;
        self.departures(ready, self.horizon(ready), |departure, lane| {
            let at = here[lane.from.index()];
            if at != u64::MAX && at + lane.cut_off.0 <= departure {
                here[lane.to.index()] = here[lane.to.index()].min(self.sorted(lane, departure));
            }
        });
        here
    }

    /// Every (arrival, cost) of every way, then those that no other beats.
    fn offers(&self, from: NodeId, ready: Moment) -> Vec<Vec<(u64, i64)>> {
        let mut here = vec![Vec::new(); self.rows.nodes.len()];
        here[from.index()].push((ready.0, 0));
        self.departures(ready, self.horizon(ready), |departure, lane| {
            let vehicle =
                lane.cost_per_departure.0 + (lane.cost_per_km.0 as f64 * lane.distance_km).round() as i64;
            let share = vehicle * 1_000 / i64::from(lane.capacity);
            let waiting: Vec<(u64, i64)> = here[lane.from.index()].clone();
            for (at, cost) in waiting.into_iter().filter(|label| label.0 + lane.cut_off.0 <= departure) {
                let label = (self.sorted(lane, departure), cost + share);
                let there: &mut Vec<(u64, i64)> = &mut here[lane.to.index()];
                if at != u64::MAX && !there.iter().any(|other| other.0 <= label.0 && other.1 <= label.1) {
                    there.retain(|other| !(label.0 <= other.0 && label.1 <= other.1));
                    there.push(label);
                }
            }
        });
        here.iter_mut().for_each(|labels| labels.sort_unstable());
        here
    }
}

fn ids(rows: &NetworkInput) -> Vec<NodeId> {
    (0..rows.nodes.len() as u16).map(NodeId).collect()
}

fn moment(at: u64) -> Option<Moment> {
    (at != u64::MAX).then_some(Moment(at))
}

fn ready(dice: &mut Source) -> Moment {
    let second = if below(dice, 2) == 0 { 0 } else { below(dice, MINUTE) };
    Moment(below(dice, 20 * 1_440) * MINUTE + second)
}

#[test]
fn earliest_arrivals_and_profiles_are_those_of_the_expanded_timetable() {
    let (mut reached, mut nowhere, mut hops) = (0, 0, 0);
    for seed in 0..NETWORKS {
        let rows = random_rows(seed);
        let expanded = Expanded::new(&rows, &vec![false; rows.lanes.len()]);
        let connections = Connections::of(&rows, CarrierId(0));
        let (nodes, dice) = (ids(&rows), &mut Draw::new(seed, 0).source("queries"));
        let profiles = Profiles::build(connections.clone(), &nodes, &nodes);
        let mut found = Vec::new();
        for _ in 0..10 {
            let (from, ready) = (nodes[below(dice, nodes.len() as u64) as usize], ready(dice));
            let expect = expanded.earliest(from, ready);
            connections.earliest(from, ready, &mut found);
            for &to in &nodes {
                let expect = moment(expect[to.index()]);
                let one = Some(found[to.index()]).filter(|&at| at != Moment::NEVER);
                assert_eq!(one, expect, "seed {seed}: {from:?} to {to:?}");
                let looked_up = profiles.look_up(from, to.index(), ready);
                if to == from {
                    assert_eq!(looked_up, None);
                    continue;
                }
                assert_eq!(looked_up.map(|way| way.1), expect, "seed {seed}: {from:?} to {to:?}");
                if let Some((_, done)) = looked_up {
                    hops += follow(&rows, &profiles, (from, to), (ready, done));
                }
                if expect.is_some() { reached += 1 } else { nowhere += 1 }
            }
        }
    }
    assert!(6_000 < reached && 1_000 < nowhere && 12_000 < hops, "{reached} {nowhere} {hops}");
}

/// Who takes the lanes that the profiles name arrives when they said; returns how many lanes.
fn follow(
    rows: &NetworkInput,
    profiles: &Profiles,
    (from, to): (NodeId, NodeId),
    (ready, done): (Moment, Moment),
) -> usize {
    let (mut node, mut at, mut hops) = (from, ready, 0);
    while node != to {
        let (lane, said) = profiles.look_up(node, to.index(), at).expect("a way");
        assert_eq!(said, done, "the plan stays as it was");
        let lane = &rows.lanes[lane.index()];
        assert_eq!((lane.from, lane.carrier), (node, CarrierId(0)));
        let departures = Expanded { rows, lanes: vec![(0, lane)] };
        let mut caught = None;
        let since = at + lane.cut_off;
        departures.departures(since, since.0 + 15 * 1_440 * MINUTE, |departure, _| {
            caught = caught.or(Some(departure));
        });
        at = Moment(departures.sorted(lane, caught.expect("it departs")));
        node = lane.to;
        hops += 1;
        assert!(hops <= rows.nodes.len(), "a way goes nowhere twice");
    }
    assert_eq!(at, done);
    hops
}

#[test]
fn offers_are_all_ways_that_no_other_beats() {
    let mut choices = 0;
    for seed in 0..NETWORKS {
        let rows = random_rows(seed);
        let expanded = Expanded::new(&rows, &vec![false; rows.lanes.len()]);
        let connections = Connections::of(&rows, CarrierId(0));
        let (nodes, dice) = (ids(&rows), &mut Draw::new(seed, 0).source("queries"));
        for _ in 0..3 {
            let (from, ready) = (nodes[below(dice, nodes.len() as u64) as usize], ready(dice));
            let expect = expanded.offers(from, ready);
            let found = connections.offers(from, ready);
            for (expect, found) in expect.iter().zip(&found) {
                let expect: Vec<Offer> =
                    expect.iter().map(|&(done, cost)| Offer { done: Moment(done), cost }).collect();
                assert_eq!(found, &expect, "seed {seed}");
                choices += usize::from(1 < found.len());
            }
        }
    }
    assert!(500 < choices, "{choices} nodes with a choice");
}

#[test]
fn a_closed_lane_is_gone_round_and_only_its_tables_are_made_again() {
    let (mut shared, mut rebuilt, mut round, mut waiting) = (0, 0, 0, 0);
    for seed in 0..NETWORKS {
        let rows = random_rows(seed);
        let (nodes, dice) = (ids(&rows), &mut Draw::new(seed, 0).source("queries"));
        let profiles = Profiles::build(Connections::of(&rows, CarrierId(0)), &nodes, &nodes);
        let mut closed = vec![false; rows.lanes.len()];
        for _ in 0..1 + below(dice, 2) {
            closed[below(dice, rows.lanes.len() as u64) as usize] = true;
        }
        let without = profiles.without(&closed);
        shared += profiles.shared_with(&without);
        rebuilt += nodes.len() - profiles.shared_with(&without);
        let expanded = Expanded::new(&rows, &closed);
        for _ in 0..10 {
            let (from, ready) = (nodes[below(dice, nodes.len() as u64) as usize], ready(dice));
            let expect = expanded.earliest(from, ready);
            for &to in nodes.iter().filter(|&&to| to != from) {
                let (old, new) =
                    (profiles.look_up(from, to.index(), ready), without.look_up(from, to.index(), ready));
                match moment(expect[to.index()]) {
                    None => assert_eq!(new, old, "seed {seed}: no way is left"),
                    open => assert_eq!(new.map(|way| way.1), open, "seed {seed}"),
                }
                let is_closed = |lane: LaneId| closed[lane.index()];
                if let (Some((old, _)), Some((new, _))) = (old, new) {
                    round += usize::from(is_closed(old) && !is_closed(new));
                    waiting += usize::from(is_closed(new));
                }
            }
        }
    }
    assert!(
        300 < shared && 200 < rebuilt && 200 < round && 100 < waiting,
        "{shared} {rebuilt} {round} {waiting}"
    );
}
