//! The stations of a run: kernel stations, who is in service at which server, and their shifts.

use super::crew::Crew;
use super::event::Event;
use crate::domain::{Handle, StationId};
use crate::kernel::calendar::{Calendar, Class};
use crate::kernel::draw::Draw;
use crate::kernel::station::{Job, Start, Station, StationRecord};
use crate::kernel::time::{Moment, Span};
use crate::metrics::StaffSeen;
use crate::model::Model;
use crate::stages::{Stage, after_station};

/// One station and the tokens in service.
struct Desk {
    station: Station,
    /// `None` where all come, and all know how.
    crew: Option<Box<Crew>>,
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
    pub fn open(model: &Model, draw: &Draw, calendar: &mut Calendar<Event>) -> Stations {
        let mut desks = Vec::with_capacity(model.stations.len());
        for (index, row) in model.stations.iter().enumerate() {
            let crew = Crew::draw(model, draw, index).map(Box::new);
            let now = Moment::ZERO;
            let servers = crew.as_ref().map_or(row.servers_at(now), |crew| crew.servers_at(row, now));
            let station = Station::new(servers, row.discipline).with_interval(model.interval);
            let next = crew.as_ref().map_or(row.next_change(now), |crew| crew.next_change(row, now));
            desks.push(Desk {
                station,
                crew,
                then: after_station(row.kind),
                serving: Vec::new(),
                free: Vec::new(),
            });
            if let Some(at) = next {
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
        desk.set_pace(now);
        if let Some(start) = desk.station.arrive(now, Job { token: token.bits(), work, rank }) {
            desk.begin(calendar, now, id, start);
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
        desk.set_pace(now);
        if let Some(start) = desk.station.complete(now) {
            desk.begin(calendar, now, id, start);
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
    /// And how long each server will have had its token, where that is not what the stage asked for.
    pub fn in_service(&self, id: StationId) -> Vec<(Handle, Option<Span>)> {
        let desk = &self.desks[id.index()];
        let servers = (0..desk.serving.len() as u32).filter(|server| !desk.free.contains(server));
        servers.map(|server| (desk.serving[server as usize], self.took(id, server))).collect()
    }

    /// How long the server has its last token in hand; `None` where all work at the speed that stages ask for.
    #[inline]
    pub fn took(&self, id: StationId, server: u32) -> Option<Span> {
        self.desks[id.index()].crew.as_ref().map(|crew| crew.took(server))
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
        desk.set_pace(now);
        let crew = desk.crew.as_ref();
        let servers = crew.map_or_else(|| row.servers_at(now), |crew| crew.servers_at(row, now));
        let next = crew.map_or_else(|| row.next_change(now), |crew| crew.next_change(row, now));
        desk.station.set_servers(now, servers, |start| started.push(start));
        for start in started {
            desk.begin(calendar, now, id, start);
        }
        if let Some(at) = next {
            calendar.push(at, Class::Control, Event::shift(id));
        }
    }

    /// A server that has finished keeps its job for so long already.
    pub fn prolong(&mut self, id: StationId, by: Span) {
        self.desks[id.index()].station.prolong(by);
    }

    pub fn queue_len(&self, id: StationId) -> usize {
        self.desks[id.index()].station.queue_len()
    }

    /// Of stations where some are new or stay away; `None` where there is none.
    pub fn staff(&self) -> Option<StaffSeen> {
        let mut crews = self.desks.iter().filter_map(|desk| desk.crew.as_ref()).peekable();
        crews.peek()?;
        let mut all = StaffSeen::default();
        crews.for_each(|crew| all.add(crew.seen()));
        Some(all)
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
    fn set_pace(&mut self, now: Moment) {
        if let Some(crew) = &mut self.crew {
            crew.set_pace(now, &mut self.station);
        }
    }

    #[inline]
    fn begin(&mut self, calendar: &mut Calendar<Event>, now: Moment, id: StationId, start: Start) {
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
        if let Some(crew) = &mut self.crew {
            crew.began(now, server, start.done.since(now));
        }
        calendar.push(start.done, Class::Completion, Event::service(id, server));
    }
}
