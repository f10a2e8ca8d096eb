//! The dock against plain lists: the same parcels on the same vehicles, and nobody lost.

use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::{Dock, Load, Order, Room};

#[derive(Clone, Copy)]
struct Row {
    parcel: u64,
    since: Moment,
    rank: u32,
    missed: u64,
}

#[test]
fn it_loads_what_a_plain_list_would() {
    for seed in 0..200 {
        let dice = &mut Draw::new(seed, 0).source("dock");
        let cut_off = Span::from_minutes(dice.bits() % 50);
        let capacity = (dice.bits() % 6) as u32;
        let (mut dock, mut plain, mut out) = (Dock::new(), Vec::<Row>::new(), Vec::new());
        let (mut now, mut rollovers, mut waited, mut area, mut gone) = (Moment::ZERO, 0, 0u128, 0u128, 0);
        for parcel in 0..300 {
            let step = Span::from_minutes(dice.bits() % 20);
            area += u128::from(step.0) * plain.len() as u128;
            now = now + step;
            if !dice.bits().is_multiple_of(4) {
                let rank = (dice.bits() % 3 * 10) as u32;
                dock.board(parcel, now, rank);
                plain.push(Row { parcel, since: now, rank, missed: 0 });
                continue;
            }
            out.clear();
            let loaded = dock.depart(now, capacity, cut_off, &mut out);
            // Stable: within a rank in order of boarding.
            plain.sort_by_key(|row| row.rank);
            let (mut in_time, mut rest): (Vec<Row>, Vec<Row>) =
                plain.into_iter().partition(|row| row.since + cut_off <= now);
            let left = in_time.split_off(in_time.len().min(capacity as usize));
            rollovers += left.len() as u64;
            rest.extend(left.into_iter().map(|row| Row { missed: row.missed + 1, ..row }));
            rest.sort_by_key(|row| (row.since, row.parcel));
            plain = rest;
            waited += in_time.iter().map(|row| u128::from(now.since(row.since).0)).sum::<u128>();
            gone += in_time.len() as u64;
            assert_eq!(out, in_time.iter().map(|row| row.parcel).collect::<Vec<_>>(), "seed {seed}");
            assert_eq!(loaded as usize, in_time.len());
        }
        assert_eq!((dock.rollovers, dock.waited, dock.departed), (rollovers, waited, gone), "seed {seed}");
        assert_eq!(dock.boarded(), dock.departed + dock.len());
        assert_eq!(dock.len() as usize, plain.len());
        // Little's law, exact: the area is the waits of those that left and of those still here.
        let still: u128 = plain.iter().map(|row| u128::from(now.since(row.since).0)).sum();
        assert_eq!((dock.area(now), area), (waited + still, waited + still), "seed {seed}");
    }
}

/// The same with volumes and due instants, in both orders: the first for which there is no room ends the loading.
#[test]
fn a_dock_that_weighs_loads_what_a_plain_list_would() {
    #[derive(Clone, Copy)]
    struct Heavy {
        row: Row,
        load: Load,
    }
    for seed in 0..400 {
        let dice = &mut Draw::new(seed, 0).source("weighing dock");
        let order = if seed % 2 == 0 { Order::Due } else { Order::Boarded };
        let cut_off = Span::from_minutes(dice.bits() % 50);
        let room = Room { parcels: (dice.bits() % 7) as u32, volume_ml: 1 + dice.bits() % 60 };
        let (mut dock, mut plain, mut out) = (Dock::weighing(order), Vec::<Heavy>::new(), Vec::new());
        let (mut now, mut rollovers, mut by_volume, mut waited) = (Moment::ZERO, 0, 0, 0u128);
        for parcel in 0..300 {
            now = now + Span::from_minutes(dice.bits() % 20);
            if !dice.bits().is_multiple_of(4) {
                let rank = (dice.bits() % 3 * 10) as u32;
                let due = Moment::ZERO + Span::from_minutes(dice.bits() % 4_000);
                let load = Load { due, volume_ml: 1 + (dice.bits() % 30) as u32 };
                dock.board_load(parcel, now, rank, load);
                plain.push(Heavy { row: Row { parcel, since: now, rank, missed: 0 }, load });
                continue;
            }
            out.clear();
            let loaded = dock.depart_with(now, room, cut_off, &mut out);
            let in_time = |one: &Heavy| one.row.since + cut_off <= now;
            let mut queue: Vec<Heavy> = plain.iter().copied().filter(in_time).collect();
            // Parcels are numbered as they board.
            queue.sort_by_key(|one| {
                let due = if order == Order::Due { one.load.due } else { Moment::ZERO };
                (one.row.rank, due, one.row.parcel)
            });
            let (mut expect, mut volume) = (Vec::new(), 0);
            for one in &queue {
                let more = volume + u64::from(one.load.volume_ml);
                let small = expect.is_empty() || more <= room.volume_ml;
                if expect.len() == room.parcels as usize || !small {
                    by_volume +=
                        if expect.len() < room.parcels as usize { queue.len() - expect.len() } else { 0 };
                    break;
                }
                volume = more;
                waited += u128::from(now.since(one.row.since).0);
                expect.push(one.row.parcel);
            }
            rollovers += queue.len() - expect.len();
            assert_eq!((&out, loaded as usize), (&expect, expect.len()), "seed {seed}");
            plain.retain(|one| !expect.contains(&one.row.parcel));
        }
        let counted = (dock.rollovers as usize, dock.by_volume as usize, dock.waited);
        assert_eq!(counted, (rollovers, by_volume, waited), "seed {seed}");
        assert_eq!((dock.len() as usize, dock.boarded() - dock.departed), (plain.len(), dock.len()));
        let still: u128 = plain.iter().map(|one| u128::from(now.since(one.row.since).0)).sum();
        assert_eq!(dock.area(now), waited + still, "seed {seed}");
    }
}
