//! Faults that do something at an instant of their own: everything else that a fault does, a stage does in passing.

use super::event::Event;
use super::simulation::Simulation;
use crate::domain::{FaultKind, Handle};
use crate::kernel::calendar::Class;
use crate::model::{FaultRow, NO_STATION};
use crate::stages;

impl Simulation<'_> {
    /// The begin of each fault that has something to do then goes into the calendar.
    pub(super) fn await_faults(&mut self) {
        let Some(faults) = self.model.faults.as_deref() else { return };
        for (index, row) in faults.rows.iter().enumerate().filter(|(_, row)| begins(row)) {
            self.calendar.push(row.from, Class::Control, Event::fault(index as u32));
        }
    }

    pub(super) fn fault(&mut self, index: usize) {
        let row = &self.model.faults.as_deref().expect("a fault that begins").rows[index];
        if let (FaultKind::WarehouseOffline, Some(node)) = (row.kind, row.target) {
            self.leave_node(index, node as usize);
        }
    }

    /// What the node has not begun to pick goes to other nodes, where they can serve it.
    fn leave_node(&mut self, fault: usize, node: usize) {
        let pick = self.model.nodes[node].pick;
        let mut tokens: Vec<Handle> = self.groups.members().collect();
        if pick != NO_STATION {
            tokens.extend(self.stations.waiting(pick));
        }
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
        if pick != NO_STATION {
            self.stations.withdraw(self.world.at, pick, &gone);
        }
        gone.into_iter().for_each(|token| self.world.trips.end(token));
    }
}

fn begins(row: &FaultRow) -> bool {
    row.kind == FaultKind::WarehouseOffline && row.flag
}
