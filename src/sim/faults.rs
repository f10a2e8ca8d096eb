//! Faults that do something at an instant of their own: everything else that a fault does, a stage does in passing.

use super::event::Event;
use super::simulation::Simulation;
use crate::domain::{FaultKind, Handle};
use crate::kernel::calendar::Class;
use crate::stages;

impl Simulation<'_> {
    /// The instants at which a fault has something to do by itself go into the calendar.
    pub(super) fn await_faults(&mut self) {
        let Some(faults) = self.model.faults.as_deref() else { return };
        for (index, row) in faults.rows.iter().enumerate() {
            let count = row.kind == FaultKind::PhantomInventory;
            if count || (row.kind == FaultKind::WarehouseOffline && row.flag) {
                self.calendar.push(row.from, Class::Control, Event::fault(index as u32));
            }
            if count {
                self.calendar.push(row.until, Class::Control, Event::fault(index as u32));
            }
        }
    }

    pub(super) fn fault(&mut self, index: usize) {
        let row = &self.model.faults.as_deref().expect("a fault that begins").rows[index];
        match (row.kind, row.target) {
            (FaultKind::WarehouseOffline, Some(node)) => self.leave_node(index, node as usize),
            (FaultKind::PhantomInventory, _) if self.world.at < row.until => {
                stages::lose_units(&mut self.world, index)
            }
            (FaultKind::PhantomInventory, _) => stages::count_shelves(&mut self.world, index),
            _ => {}
        }
    }

    /// What the node has not begun to pick goes to other nodes, where they can serve it.
    fn leave_node(&mut self, fault: usize, node: usize) {
        let pick: Vec<_> = self.model.nodes[node].pick_stations().collect();
        let mut tokens: Vec<Handle> = self.groups.members().collect();
        let mut waiting: Vec<Handle> = pick.iter().flat_map(|&zone| self.stations.waiting(zone)).collect();
        // Another part of the same order may be in somebody's hands.
        waiting.retain(|&token| !self.world.tours.is_part(token));
        tokens.extend(waiting.iter().flat_map(|&first| self.world.tours.members(first)));
        tokens.retain(|&token| usize::from(self.world.trips.get(token).node) == node);
        let mut gone = Vec::new();
        for token in tokens {
            if stages::re_route(&mut self.world, fault, token) {
                gone.push(token);
                self.drain();
            }
        }
        // Only now: the trips that take their place have not taken their slots.
        gone.sort_unstable();
        self.groups.withdraw(&gone);
        let broken = stages::tour::dissolve(&mut self.world, &waiting, &gone);
        for station in pick {
            self.stations.withdraw(self.world.at, station, &broken);
        }
        gone.into_iter().for_each(|token| self.world.trips.end(token));
        self.drain();
    }
}
