//! The history check: is there, for every answer, an instant of its call at which it was true?
//!
//! For one cell, at instant `t`, free units lie between two bounds:
//!
//! ```text
//! most(t)  = start - takes that had returned before t   + gives that had been called by t
//! least(t) = start - takes that had been called by t    + gives that had returned before t
//! ```
//!
//! A take of `q` that was granted needs `most >= q` at some instant of its call, its own units not counted; one that
//! was refused needs `least < q` in one of its cells. `most` below zero is an oversale. A take of several cells that
//! was refused counts nowhere: its holds did not stand. The bounds are sound (no correct history is ever refused) and
//! one sweep over the sorted calls finds them: no search.

/// What was asked of a cell, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Granted,
    Refused,
    Give,
}

/// One call, as far as it touches one cell. Times are nanoseconds; a tie counts as an overlap.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    pub cell: u32,
    pub kind: Kind,
    pub quantity: u32,
    /// Calls of several cells share it.
    pub number: u64,
    pub called: u64,
    pub returned: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    pub cell: u32,
    pub number: u64,
    pub why: &'static str,
}

struct Active {
    call: u32,
    most: i64,
    least: i64,
}

/// `free` is what each cell had before the first call.
pub fn check(calls: &[Call], free: &[i64]) -> Result<(), Violation> {
    // (cell, time, return after call, call)
    let mut events: Vec<(u32, u64, bool, u32)> = Vec::with_capacity(calls.len() * 2);
    for (index, call) in (0..).zip(calls) {
        events.push((call.cell, call.called, false, index));
        events.push((call.cell, call.returned, true, index));
    }
    events.sort_unstable();
    let mut refused: Vec<(u64, u32, bool)> = Vec::new();
    for of_cell in events.chunk_by(|a, b| a.0 == b.0) {
        sweep(of_cell, calls, free[of_cell[0].0 as usize], &mut refused)?;
    }
    refused.sort_unstable();
    for lines in refused.chunk_by(|a, b| a.0 == b.0) {
        if !lines.iter().any(|line| line.2) {
            return Err(Violation {
                cell: lines[0].1,
                number: lines[0].0,
                why: "refused while there was enough",
            });
        }
    }
    Ok(())
}

fn sweep(
    events: &[(u32, u64, bool, u32)],
    calls: &[Call],
    free: i64,
    refused: &mut Vec<(u64, u32, bool)>,
) -> Result<(), Violation> {
    let (mut most, mut least) = (free, free);
    let mut active: Vec<Active> = Vec::new();
    for &(cell, _, returns, index) in events {
        let Call { kind, quantity, number, .. } = calls[index as usize];
        let units = i64::from(quantity);
        let violation = |why| Err(Violation { cell, number, why });
        if !returns {
            most += if kind == Kind::Give { units } else { 0 };
            least -= if kind == Kind::Granted { units } else { 0 };
            for other in &mut active {
                (other.most, other.least) = (other.most.max(most), other.least.min(least));
            }
            active.push(Active { call: index, most, least });
            continue;
        }
        let place = active.iter().position(|active| active.call == index).expect("a call that began");
        let seen = active.swap_remove(place);
        match kind {
            Kind::Granted if seen.most < units => return violation("granted while there was not enough"),
            Kind::Granted => most -= units,
            Kind::Refused => refused.push((number, cell, seen.least < units)),
            Kind::Give => least += units,
        }
        if most < 0 {
            return violation("oversold");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: (kind, quantity, called, returned), all of cell 0.
    fn judge(free: i64, rows: &[(Kind, u32, u64, u64)]) -> Result<(), &'static str> {
        let calls: Vec<_> = (0..)
            .zip(rows)
            .map(|(number, &(kind, quantity, called, returned))| Call {
                cell: 0,
                kind,
                quantity,
                number,
                called,
                returned,
            })
            .collect();
        check(&calls, &[free]).map_err(|violation| violation.why)
    }

    use Kind::{Give, Granted, Refused};

    #[test]
    fn what_can_be_explained_passes() {
        assert_eq!(judge(1, &[(Granted, 1, 0, 10), (Refused, 1, 5, 15)]), Ok(()));
        assert_eq!(judge(1, &[(Granted, 1, 0, 1), (Give, 1, 5, 15), (Granted, 1, 10, 12)]), Ok(()));
        // While it is given back it may be seen or not.
        assert_eq!(judge(0, &[(Give, 1, 0, 10), (Refused, 1, 9, 12)]), Ok(()));
    }

    #[test]
    fn what_cannot_does_not() {
        assert_eq!(
            judge(1, &[(Granted, 1, 0, 1), (Granted, 1, 2, 3)]),
            Err("granted while there was not enough")
        );
        assert_eq!(judge(1, &[(Granted, 1, 0, 9), (Granted, 1, 1, 8)]), Err("oversold"));
        assert_eq!(
            judge(1, &[(Refused, 1, 0, 1), (Granted, 1, 2, 3)]),
            Err("refused while there was enough")
        );
        assert_eq!(
            judge(0, &[(Give, 1, 0, 10), (Refused, 1, 11, 12)]),
            Err("refused while there was enough")
        );
    }

    #[test]
    fn one_short_line_is_reason_enough() {
        let call =
            |cell, kind, number, called, returned| Call { cell, kind, quantity: 1, number, called, returned };
        let taken = call(1, Granted, 0, 0, 1);
        let both = [taken, call(0, Refused, 1, 5, 6), call(1, Refused, 1, 5, 6)];
        assert!(check(&both, &[1, 1]).is_ok());
        assert!(check(&both, &[1, 2]).is_err());
    }
}
