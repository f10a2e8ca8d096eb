//! The stations of a run: kernel stations, who is in service at which server, and their shifts.

use super::event::Event;
use crate::domain::{Handle, StationId};
use crate::kernel::calendar::{Calendar, Class};
use crate::kernel::station::{Job, Start, Station, StationRecord};
use crate::kernel::time::{Moment, Span};
use crate::model::Model;
use crate::stages::{Stage, after_station};

/// One station and the tokens in service.
struct Desk {
    station: Station,
    then: Stage,
    /// Token by server; servers in `free` are idle.
    serving: Vec<Handle>,
    free: Vec<u32>,
}

/// All stations, by `StationId`.
pub struct Stations {
    desks: Vec<Desk>,
}

impl Stations {
    /// Staffed as the shifts say at instant zero; each change of shift is in the calendar when it comes.
    pub fn open(model: &Model, calendar: &mut Calendar<Event>) -> Stations {
        let mut desks = Vec::with_capacity(model.stations.len());
        for (index, row) in model.stations.iter().enumerate() {
            let servers = row.servers_at(Moment::ZERO);
            let station = Station::new(servers, row.discipline).with_interval(model.interval);
            desks.push(Desk {
                station,
                then: after_station(row.kind),
                serving: Vec::new(),
                free: Vec::new(),
            });
            if let Some(at) = row.next_change(Moment::ZERO) {
                calendar.push(at, Class::Control, Event::shift(StationId(index as u32)));
            }
        }
        Stations { desks }
    }

    #[inline]
    pub fn seize(
        &mut self,
        calendar: &mut Calendar<Event>,
        now: Moment,
        id: StationId,
        token: Handle,
        work: Span,
        rank: u32,
    ) {
        let desk = &mut self.desks[id.index()];
        if let Some(start) = desk.station.arrive(now, Job { token: token.bits(), work, rank }) {
            desk.begin(calendar, id, start);
        }
    }

    /// A server has finished: the token served, and the stage that follows.
    #[inline]
    pub fn finish(
        &mut self,
        calendar: &mut Calendar<Event>,
        now: Moment,
        id: StationId,
        server: u32,
    ) -> (Handle, Stage) {
        let desk = &mut self.desks[id.index()];
        let served = desk.serving[server as usize];
        desk.free.push(server);
        if let Some(start) = desk.station.complete(now) {
            desk.begin(calendar, id, start);
        }
        (served, desk.then)
    }

    /// Who is in service there now, and the stage that follows: what `finish` will answer unless the server
    /// has changed hands by then.
    #[inline]
    pub fn serving(&self, id: StationId, server: u32) -> (Handle, Stage) {
        let desk = &self.desks[id.index()];
        (desk.serving[server as usize], desk.then)
    }

    /// The tokens that wait there, in the order in which they would be served.
    pub fn waiting(&self, id: StationId) -> Vec<Handle> {
        self.desks[id.index()].station.waiting().into_iter().map(Handle::from_bits).collect()
    }

    /// The tokens in service there.
    pub fn in_service(&self, id: StationId) -> Vec<Handle> {
        let desk = &self.desks[id.index()];
        let servers = (0..desk.serving.len()).filter(|&server| !desk.free.contains(&(server as u32)));
        servers.map(|server| desk.serving[server]).collect()
    }

    /// The tokens of `gone` (ascending) leave the queue unserved.
    pub fn withdraw(&mut self, now: Moment, id: StationId, gone: &[Handle]) {
        let is_gone = |token| gone.binary_search(&Handle::from_bits(token)).is_ok();
        self.desks[id.index()].station.withdraw(now, is_gone);
    }

    /// The token leaves the queue unserved; false when it does not wait there.
    pub fn leave(&mut self, now: Moment, id: StationId, token: Handle) -> bool {
        0 < self.desks[id.index()].station.withdraw(now, |waiting| waiting == token.bits())
    }

    /// The shift changes; the next change goes into the calendar.
    pub fn change_shift(
        &mut self,
        model: &Model,
        calendar: &mut Calendar<Event>,
        now: Moment,
        id: StationId,
    ) {
        let row = &model.stations[id.index()];
        let desk = &mut self.desks[id.index()];
        let mut started = Vec::new();
        desk.station.set_servers(now, row.servers_at(now), |start| started.push(start));
        for start in started {
            desk.begin(calendar, id, start);
        }
        if let Some(at) = row.next_change(now) {
            calendar.push(at, Class::Control, Event::shift(id));
        }
    }

    /// What each has seen until now.
    pub fn records(&self, now: Moment) -> Vec<StationRecord> {
        self.iter().map(|station| station.record(now)).collect()
    }

    /// Closes the last interval of each.
    pub fn close(&mut self, now: Moment) {
        self.desks.iter_mut().for_each(|desk| desk.station.close(now));
    }

    pub fn iter(&self) -> impl Iterator<Item = &Station> {
        self.desks.iter().map(|desk| &desk.station)
    }
}

impl Desk {
    #[inline]
    fn begin(&mut self, calendar: &mut Calendar<Event>, id: StationId, start: Start) {
        let token = Handle::from_bits(start.token);
        let server = match self.free.pop() {
            Some(server) => {
                self.serving[server as usize] = token;
                server
            }
            None => {
                self.serving.push(token);
                self.serving.len() as u32 - 1
            }
        };
        calendar.push(start.done, Class::Completion, Event::service(id, server));
    }
}
