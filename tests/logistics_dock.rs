//! The dock against a plain list: the same parcels on the same vehicles, and nobody lost.

use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::Dock;

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
        assert_eq!(dock.boarded, dock.departed + dock.len());
        assert_eq!(dock.len() as usize, plain.len());
        // Little's law, exact: the area is the waits of those that left and of those still here.
        let still: u128 = plain.iter().map(|row| u128::from(now.since(row.since).0)).sum();
        assert_eq!((dock.area(now), area), (waited + still, waited + still), "seed {seed}");
    }
}
