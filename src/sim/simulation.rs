//! The event loop: pop, run the token's stage, execute what it says is next.

use std::path::PathBuf;

use super::docks::{Docks, Leaves};
use super::event::{Due, Event};
use super::groups::{Groups, Joined};
use super::outcome::{Outcome, SimError};
use super::rooms::{Blocked, Rooms};
use super::stations::Stations;
use crate::audit::{Audit, Auditor, Setup};
use crate::demand::{Arrival, Arrivals};
use crate::domain::{Command, Handle, OrderId, OrderState, StationId};
use crate::engine::Engine;
use crate::journal::{Keepers, LedgerFile, Sink};
use crate::kernel::calendar::{Calendar, Class, Ties};
use crate::kernel::delay_line::DelayLine;
use crate::kernel::draw::Draw;
use crate::kernel::record::StationRecord;
use crate::kernel::time::Moment;
use crate::metrics::Loss;
use crate::model::{FIRST_INITIAL_ORDER, Model};
use crate::stages::{self, Ahead, Next, Stage, World};

/// What a run may be asked for beside its model.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub seed: u64,
    pub replication: u32,
    /// Writes the command tape there.
    pub tape: Option<PathBuf>,
    /// Writes the tamper-evident ledger there.
    pub ledger: Option<LedgerFile>,
    /// Test mode: how events of one instant are ordered.
    pub ties: Ties,
    /// How closely the run is watched; the result does not depend on it.
    pub audit: Audit,
}

/// Runs one replication to the horizon; everything at the horizon tick still happens.
pub fn simulate(model: &Model, options: &Options) -> Result<Outcome, SimError> {
    let nodes = model.nodes.iter().map(|node| node.name.clone());
    let mut keepers =
        Keepers::open(options.tape.as_ref(), options.ledger.as_ref(), nodes).map_err(SimError::Write)?;
    let outcome = simulate_onto(model, options, keepers.sink())?;
    keepers.finish().map_err(SimError::Write)?;
    Ok(outcome)
}

/// As `simulate`; `sink` is told of every command. `options.tape` and `options.ledger` are not looked at.
pub fn simulate_onto(
    model: &Model,
    options: &Options,
    sink: Option<&mut dyn Sink>,
) -> Result<Outcome, SimError> {
    let sink = sink.map(|sink| -> &mut dyn Sink { sink });
    match watched(model, options, sink, false) {
        // Once more, with the last transitions kept: the same seed breaks at the same place.
        Err(SimError::Violation(found)) if found.transitions.is_empty() => {
            match watched(model, options, None, true) {
                Err(SimError::Violation(same)) if same.equation == found.equation => {
                    Err(SimError::Violation(same))
                }
                _ => Err(SimError::Violation(found)),
            }
        }
        other => other,
    }
}

fn watched(
    model: &Model,
    options: &Options,
    sink: Option<&mut dyn Sink>,
    trail: bool,
) -> Result<Outcome, SimError> {
    let engine = Engine::new(model.engine_size, model.engine_rules.clone());
    let audit = auditor(model, options, trail);
    let sink = sink.map(|sink| -> &mut dyn Sink { sink });
    let mut simulation = Simulation::new(model, &engine, options, sink, audit)?;
    simulation.start();
    simulation.run();
    simulation.finish()
}

pub(super) struct Simulation<'m> {
    pub model: &'m Model,
    pub world: World<'m>,
    pub calendar: Calendar<Event>,
    pub stations: Stations,
    pub docks: Docks,
    pub groups: Groups,
    pub rooms: Rooms,
    pub arrivals: Arrivals,
    /// The one arrival that is in the calendar.
    pending: Option<Arrival>,
    expiry: DelayLine<Handle>,
    ahead: Ahead,
    /// The stations' records at the end of the warm-up.
    pub warm: Vec<StationRecord>,
    pub replication: u32,
}

impl<'m> Simulation<'m> {
    fn new(
        model: &'m Model,
        engine: &'m Engine,
        options: &Options,
        sink: Option<&'m mut dyn Sink>,
        audit: Auditor,
    ) -> Result<Simulation<'m>, SimError> {
        let draw = Draw::new(options.seed, options.replication);
        let mut calendar = Calendar::new().with_ties(options.ties);
        let stations = Stations::open(model, &draw, &mut calendar);
        let docks = Docks::open(model, &mut calendar);
        let mut world = World::new(model, engine, draw, audit);
        world.tape = sink;
        let arrivals = model.callers(draw).map_err(SimError::Replay)?;
        let expiry = DelayLine::new(model.payment_window);
        let groups = Groups::default();
        Ok(Simulation {
            model,
            world,
            calendar,
            stations,
            docks,
            groups,
            rooms: Rooms::open(model),
            arrivals,
            pending: None,
            expiry,
            ahead: Ahead::default(),
            warm: Vec::new(),
            replication: options.replication,
        })
    }

    /// Fills the shelves, sets what was under way going, and waits for the first shopper.
    fn start(&mut self) {
        for &(sku, node, quantity) in &self.model.initial_stock {
            let command = Command::Receive { sku, node, quantity };
            self.world.attempt(&command).expect("an empty shelf takes its initial stock");
            let fenced = (f64::from(quantity) * self.model.safety) as u32;
            if 0 < fenced {
                let command = Command::Fence { sku, node, quantity: fenced };
                self.world.attempt(&command).expect("a full shelf takes its fence");
            }
        }
        for index in 0..self.model.receipts.len() {
            let (at, ..) = self.world.receipt(index);
            self.calendar.push(at, Class::Control, Event::receipt(index as u32));
        }
        self.await_faults();
        self.refresh();
        stages::supply::open(&mut self.world);
        self.drain();
        let initial = &self.model.initial;
        for number in 0..initial.backlog + initial.in_transit {
            let stage = if number < initial.backlog { Stage::Backlog } else { Stage::Afloat };
            self.handle(Handle::from_bits(FIRST_INITIAL_ORDER + number), stage);
        }
        if self.model.cart.is_some() {
            self.handle(Handle::default(), Stage::CartLeavers);
        }
        self.await_arrival();
    }

    /// The warm-up runs like the rest; what phases and stations have seen of it is set aside.
    fn run(&mut self) {
        if let Some(last) = self.model.warm_up.0.checked_sub(1) {
            self.run_until(Moment(last));
            self.world.metrics.warmed_up();
        }
        self.warm = self.stations.records(self.model.warm_up);
        self.run_until(self.model.horizon);
        self.world.at = self.model.horizon;
    }

    /// Everything that is due by then, that instant included.
    fn run_until(&mut self, last: Moment) {
        while let Some((now, event)) = self.calendar.pop_until(last) {
            self.world.at = now;
            self.world.audit.event(now);
            if self.world.audit.is_broken() {
                return;
            }
            self.look_ahead();
            match event.due() {
                Due::Timer(stage, token) => self.handle(token, stage),
                Due::Service { station, server } => self.serve(station, server),
                Due::Arrival => self.arrival(),
                Due::Departure(lane) => self.departure(lane, Leaves::ByTimetable),
                Due::AdHoc(lane) => self.departure(lane, Leaves::OnTop),
                Due::Vehicle(index) => self.unload(index),
                Due::Group { slot, generation } => {
                    self.release(slot, generation);
                    self.drain();
                }
                Due::Shift(station) => {
                    self.stations.change_shift(self.model, &mut self.calendar, now, station)
                }
                Due::Expiry => self.expire(),
                Due::Receipt(index) => self.receive(index),
                Due::Refresh => self.refresh(),
                Due::Fault(row) => self.fault(row as usize),
            }
            self.make_room();
        }
    }

    /// A server is done: its job goes on, or stays with it where there is no room for it.
    #[inline]
    fn serve(&mut self, station: StationId, server: u32) {
        if let Some(room) = self.rooms.of(station) {
            let (token, _) = self.stations.serving(station, server);
            let size = self.world.tours.brings(token);
            if 0 < size && self.rooms.is_full(room, size, &self.stations, &self.docks) {
                self.rooms.block(room, Blocked { station, server, since: self.world.at, size });
                return;
            }
        }
        self.leave(station, server);
    }

    #[inline]
    fn leave(&mut self, station: StationId, server: u32) {
        let now = self.world.at;
        self.world.took = self.stations.took(station, server);
        let (token, stage) = self.stations.finish(&mut self.calendar, now, station, server);
        self.handle(token, stage);
        if let Some(room) = self.rooms.of(station) {
            self.rooms.entered(room, &self.stations, &self.docks);
        }
    }

    /// Servers that waited for room leave their jobs, as far as there is some now.
    #[inline]
    fn make_room(&mut self) {
        let now = self.world.at;
        while let Some((server, waited)) = self.rooms.next_free(now, &self.stations, &self.docks) {
            self.stations.prolong(server.station, waited);
            self.leave(server.station, server.server);
        }
    }

    /// Prefetches what the next events will touch.
    #[inline]
    fn look_ahead(&mut self) {
        let shown = match self.calendar.ahead(stages::AHEAD).map(Event::due) {
            Some(Due::Timer(stage, token)) => Some((stage, token)),
            Some(Due::Service { station, server }) => {
                let (token, stage) = self.stations.serving(station, server);
                Some((stage, token))
            }
            _ => None,
        };
        self.ahead.show(&self.world, shown);
    }

    /// Runs a stage for the parcels of a vehicle, one after the other, prefetching along the row.
    fn handle_all(&mut self, parcels: &[u64], stage: Stage) {
        let token = |parcel: &u64| Handle::from_bits(*parcel);
        for parcel in parcels.iter().take(stages::AHEAD) {
            self.ahead.show(&self.world, Some((stage, token(parcel))));
        }
        for (place, parcel) in parcels.iter().enumerate() {
            let shown = parcels.get(place + stages::AHEAD).map(|parcel| (stage, token(parcel)));
            self.ahead.show(&self.world, shown);
            self.handle(token(parcel), stage);
        }
    }

    /// Runs a stage for a token, then everything that it set going at this instant.
    #[inline]
    fn handle(&mut self, token: Handle, stage: Stage) {
        let next = stages::run(&mut self.world, stage, token);
        self.execute(token, next);
        self.drain();
    }

    #[inline]
    pub(super) fn drain(&mut self) {
        let mut done = 0;
        while done < self.world.outbox.len() {
            let (token, next) = self.world.outbox[done];
            done += 1;
            self.execute(token, next);
        }
        self.world.outbox.clear();
    }

    #[inline]
    fn execute(&mut self, token: Handle, mut next: Next) {
        let now = self.world.at;
        loop {
            match next {
                Next::Go(stage) => {
                    next = stages::run(&mut self.world, stage, token);
                    continue;
                }
                Next::Seize { station, work, rank } => {
                    self.stations.seize(&mut self.calendar, now, station, token, work, rank);
                }
                Next::Leave { station, then } => {
                    if self.stations.leave(now, station, token) {
                        next = Next::Go(then);
                        continue;
                    }
                }
                Next::Wait(span, stage) => self.wake(now + span, stage, token),
                Next::Until(at, stage) => self.wake(at, stage, token),
                Next::Board { lane, rank } if self.docks.weighs => {
                    let load = stages::load_of(&mut self.world, token);
                    self.docks.board_load(lane, token, now, rank, load);
                }
                Next::Board { lane, rank } => self.docks.board(lane, token, now, rank),
                Next::Expire => {
                    if let Some(at) = self.expiry.push(now, token) {
                        self.calendar.push(at, Class::Control, Event::expiry());
                    }
                }
                Next::Gather { key, deadline, size, then } => self.gather(token, key, deadline, size, then),
                Next::ComeIn { vehicle } => {
                    self.calendar.push(now, Class::Completion, Event::vehicle(vehicle));
                }
                Next::Done => {}
            }
            return;
        }
    }

    #[inline]
    fn wake(&mut self, at: Moment, stage: Stage, token: Handle) {
        self.calendar.push(at, Class::Completion, Event::timer(stage, token));
    }

    fn gather(&mut self, token: Handle, key: u64, deadline: Moment, size: u32, then: Stage) {
        match self.groups.join(token, key, deadline, size, then) {
            Joined::Opened { slot, generation, deadline } => {
                self.calendar.push(deadline, Class::Control, Event::group(slot, generation));
            }
            Joined::Waits => {}
            Joined::Full { slot, generation } => self.release(slot, generation),
        }
    }

    /// Runs the group's next stage for its members; what they set going waits in the outbox. The caller drains it:
    /// a full group is found while the outbox is being drained, and whoever drained it from here again would
    /// execute its first tokens twice.
    fn release(&mut self, slot: u32, generation: u32) {
        let Some((members, then)) = self.groups.release(slot, generation) else { return };
        for (place, &token) in members.iter().enumerate() {
            self.world.group = Some((members[0], place));
            let next = stages::run(&mut self.world, then, token);
            self.world.group = None;
            self.world.send(token, next);
        }
        self.groups.recycle(slot, members);
    }

    fn await_arrival(&mut self) {
        self.pending = self.arrivals.next();
        if let Some(arrival) = self.pending {
            self.calendar.push(arrival.at, Class::Arrival, Event::arrival());
        }
    }

    /// A shopper enters at the shop's door; a replayed order was submitted long ago and enters at submit.
    fn arrival(&mut self) {
        let OrderId(number) = self.pending.take().expect("an arrival is pending").id;
        let stage = match (self.model.is_replay(), &self.model.storefront) {
            (true, _) => Stage::Submit,
            (false, None) => Stage::Browse,
            (false, Some(_)) => Stage::Visit,
        };
        if stage == Stage::Submit {
            self.arrivals.content(&self.model.demand, &mut self.world.draft);
        }
        self.handle(Handle::from_bits(number), stage);
        self.await_arrival();
    }

    fn departure(&mut self, lane: crate::domain::LaneId, leaves: Leaves) {
        let (now, draw) = (self.world.at, self.world.draw);
        let vehicle = self.docks.depart(self.model, &draw, &mut self.calendar, now, lane, leaves);
        let Some(index) = vehicle else { return };
        let vehicle = self.docks.load(index);
        self.world.lane = lane;
        stages::trace::departed(&mut self.world, lane, leaves == Leaves::OnTop, &vehicle.parcels);
        self.handle_all(&vehicle.parcels, Stage::Depart);
        self.docks.put_back(index, vehicle);
    }

    fn unload(&mut self, index: u32) {
        let vehicle = self.docks.load(index);
        self.world.lane = vehicle.lane;
        let berth = stages::yard::berth(&mut self.world, index, vehicle.parcels.len());
        self.handle_all(&vehicle.parcels, berth.stage);
        match berth.stays {
            true => self.docks.put_back(index, vehicle),
            false => self.docks.recycle(index, vehicle),
        }
    }

    /// The payment window of the oldest unpaid order closes; those paid meanwhile are dropped unseen.
    fn expire(&mut self) {
        if let Some(order) = self.expiry.pop(self.world.at) {
            self.handle(order, Stage::Expire);
        }
        let engine = self.world.engine;
        if let Some(at) =
            self.expiry.rearm(|order| engine.order_state(order) == Some(OrderState::AwaitingPayment))
        {
            self.calendar.push(at, Class::Control, Event::expiry());
        }
    }

    fn receive(&mut self, index: u32) {
        let receipt = self.model.receipts[index as usize];
        let (_, quantity, fault) = self.world.receipt(index as usize);
        if let Some(fault) = fault {
            self.world.faults.struck[fault] += 1;
        }
        if quantity == 0 {
            return;
        }
        let command = Command::Receive { sku: receipt.sku, node: receipt.node, quantity };
        self.world.apply(&command).expect("a shelf takes what comes in");
        self.world.stock_arrived(receipt.sku);
        self.drain();
    }

    /// The strategy looks at the whole stock, if it wants to, and says when it will look again.
    fn refresh(&mut self) {
        if let Some(span) = self.world.refresh_strategy() {
            self.calendar.push(self.world.at + span, Class::Control, Event::refresh());
        }
    }

    fn finish(mut self) -> Result<Outcome, SimError> {
        if let Some(violation) = self.world.audit.violation() {
            return Err(SimError::Violation(Box::new(violation.clone())));
        }
        if let Some(fault) = self.arrivals.fault() {
            return Err(SimError::Replay(fault.clone()));
        }
        // Visitors who are simulated are counted as they leave.
        let counted = if self.model.storefront.is_some() { 0 } else { self.model.visitors.hours() };
        for hour in 0..counted {
            let lost = self.model.visitors.lost(&self.world.draw, hour);
            self.world.metrics.losses[Loss::Browse as usize] += lost.at_browse;
            self.world.metrics.losses[Loss::Cart as usize] += lost.at_cart;
        }
        Outcome::of(self)
    }
}

fn auditor(model: &Model, options: &Options, trail: bool) -> Auditor {
    let rules = &model.engine_rules;
    let auditor = Auditor::new(
        options.audit,
        Setup {
            skus: model.engine_size.skus,
            nodes: model.engine_size.nodes,
            prices: rules.prices.clone(),
            points_basis_points: rules.points_basis_points,
            coupons: rules.coupons.iter().map(|rule| (rule.budget.0, rule.per_customer)).collect(),
            cart_lifetime: rules.carts.lifetime,
            seed: options.seed,
            replication: options.replication,
        },
    );
    if trail { auditor.with_trail() } else { auditor }
}
