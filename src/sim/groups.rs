//! Groups: tokens that wait for each other until a number or a deadline (waves, merge windows).

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::domain::Handle;
use crate::kernel::time::Moment;
use crate::stages::Stage;

/// All groups that are gathering. The map finds a group by its key and is never iterated.
#[derive(Default)]
pub struct Groups {
    by_key: HashMap<u64, u32, FxBuildHasher>,
    groups: Vec<Group>,
    free: Vec<u32>,
}

#[derive(Default)]
struct Group {
    key: u64,
    generation: u32,
    members: Vec<Handle>,
    then: Option<Stage>,
    deadline: Moment,
}

/// What joining a group calls for.
#[derive(Debug, PartialEq, Eq)]
pub enum Joined {
    /// A new group, or one that has to move on earlier now: wake it at its deadline.
    Opened {
        slot: u32,
        generation: u32,
        deadline: Moment,
    },
    Waits,
    /// The group is full: it moves on now.
    Full {
        slot: u32,
        generation: u32,
    },
}

impl Groups {
    pub fn join(&mut self, token: Handle, key: u64, deadline: Moment, size: u32, then: Stage) -> Joined {
        if let Some(&slot) = self.by_key.get(&key) {
            let group = &mut self.groups[slot as usize];
            assert!(group.then == Some(then), "two stages share a group key");
            group.members.push(token);
            let generation = group.generation;
            if deadline < group.deadline && (group.members.len() as u64) < u64::from(size) {
                group.deadline = deadline;
                return Joined::Opened { slot, generation, deadline };
            }
            return match group.members.len() as u64 >= u64::from(size) {
                true => Joined::Full { slot, generation: group.generation },
                false => Joined::Waits,
            };
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.groups.push(Group::default());
            self.groups.len() as u32 - 1
        });
        self.by_key.insert(key, slot);
        let group = &mut self.groups[slot as usize];
        group.key = key;
        group.then = Some(then);
        group.deadline = deadline;
        group.members.push(token);
        match size <= 1 {
            true => Joined::Full { slot, generation: group.generation },
            false => Joined::Opened { slot, generation: group.generation, deadline },
        }
    }

    /// Takes the group's members, in the order in which they joined, and its stage. `None` when the group of
    /// that generation has moved on already. Give the buffer back with `recycle`.
    pub fn release(&mut self, slot: u32, generation: u32) -> Option<(Vec<Handle>, Stage)> {
        let group = &mut self.groups[slot as usize];
        if group.generation & 0xff_ffff != generation & 0xff_ffff || group.members.is_empty() {
            return None;
        }
        group.generation = group.generation.wrapping_add(1);
        self.by_key.remove(&group.key);
        let then = group.then.take().expect("a group with members has a stage");
        Some((std::mem::take(&mut group.members), then))
    }

    /// All tokens that wait in groups, group by group.
    pub fn members(&self) -> impl Iterator<Item = Handle> {
        self.groups.iter().flat_map(|group| &group.members).copied()
    }

    /// The tokens of `gone` (ascending) leave their groups. A group that nobody is left in is no more: its deadline
    /// finds another generation, and who comes next opens a new one.
    pub fn withdraw(&mut self, gone: &[Handle]) {
        for (slot, group) in self.groups.iter_mut().enumerate() {
            let before = group.members.len();
            group.members.retain(|token| gone.binary_search(token).is_err());
            if group.members.is_empty() && 0 < before {
                group.generation = group.generation.wrapping_add(1);
                group.then = None;
                self.by_key.remove(&group.key);
                self.free.push(slot as u32);
            }
        }
    }

    pub fn recycle(&mut self, slot: u32, mut members: Vec<Handle>) {
        members.clear();
        let group = &mut self.groups[slot as usize];
        assert!(group.members.is_empty(), "a released group was joined before its buffer came back");
        group.members = members;
        self.free.push(slot);
    }

    /// Tokens waiting in groups.
    #[cfg(test)]
    fn waiting(&self) -> usize {
        self.groups.iter().map(|group| group.members.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_moves_on_once_by_number_or_by_deadline() {
        let (mut groups, end) = (Groups::default(), Moment(9));
        let token = |slot| Handle::new(slot, 0);
        let first = groups.join(token(1), 7, end, 2, Stage::Pick);
        assert_eq!(first, Joined::Opened { slot: 0, generation: 0, deadline: end });
        assert_eq!(groups.join(token(2), 7, end, 2, Stage::Pick), Joined::Full { slot: 0, generation: 0 });
        let (members, then) = groups.release(0, 0).expect("full");
        assert_eq!((members.as_slice(), then), ([token(1), token(2)].as_slice(), Stage::Pick));
        groups.recycle(0, members);
        assert_eq!(groups.release(0, 0), None, "the deadline comes too late");
        assert!(matches!(
            groups.join(token(3), 7, end, 9, Stage::Pick),
            Joined::Opened { slot: 0, generation: 1, .. }
        ));
        assert_eq!(groups.waiting(), 1);
    }

    #[test]
    fn the_earliest_deadline_counts() {
        let mut groups = Groups::default();
        let mut join =
            |slot, deadline| groups.join(Handle::new(slot, 0), 7, Moment(deadline), 9, Stage::Pick);
        assert!(matches!(join(1, 50), Joined::Opened { deadline: Moment(50), .. }));
        assert_eq!(join(2, 60), Joined::Waits);
        assert_eq!(join(3, 20), Joined::Opened { slot: 0, generation: 0, deadline: Moment(20) });
        assert_eq!(join(4, 20), Joined::Waits);
        assert_eq!(groups.release(0, 0).expect("it is due at 20").0.len(), 4);
        assert_eq!(groups.release(0, 0), None, "and not again at 50");
    }

    #[test]
    fn a_group_that_all_have_left_opens_anew() {
        let (mut groups, end) = (Groups::default(), Moment(9));
        let token = |slot| Handle::new(slot, 0);
        for slot in [1, 2] {
            groups.join(token(slot), 7, end, 9, Stage::Pick);
        }
        groups.withdraw(&[token(2)]);
        assert_eq!(groups.members().collect::<Vec<_>>(), [token(1)]);
        groups.withdraw(&[token(1)]);
        assert_eq!(groups.release(0, 0), None, "the deadline finds nobody");
        assert!(matches!(
            groups.join(token(3), 7, end, 9, Stage::Pick),
            Joined::Opened { slot: 0, generation: 1, .. }
        ));
        assert_eq!(groups.release(0, 1).expect("the new group").0, [token(3)]);
    }
}
