//! The queueing models that the oracle tests prove and the kernel bench times, written once against
//! the kernel's public API.

#![allow(dead_code)] // Each of the two users takes what it needs.

use ordermill::kernel::calendar::{Calendar, Class};
use ordermill::kernel::draw::{Draw, Purpose};
use ordermill::kernel::law::Law;
use ordermill::kernel::plain::PlainCalendar;
use ordermill::kernel::rate::{Arrivals, Rate};
use ordermill::kernel::station::{Discipline, Job, Start, Station};
use ordermill::kernel::time::{Moment, Span};

pub const SERVICE: Purpose = Purpose::named("service");

/// A station of an open network; what is done here leaves or goes on to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    Arrive,
    Complete { station: u8, customer: u32 },
}

/// The fast calendar and its plain twin, for one model.
pub trait Timeline {
    fn push(&mut self, at: Moment, class: Class, event: Event);
    fn pop(&mut self) -> Option<(Moment, Event)>;
}

impl Timeline for Calendar<Event> {
    #[inline(always)]
    fn push(&mut self, at: Moment, class: Class, event: Event) {
        Calendar::push(self, at, class, event);
    }
    #[inline(always)]
    fn pop(&mut self) -> Option<(Moment, Event)> {
        Calendar::pop(self)
    }
}

impl Timeline for PlainCalendar<Event> {
    fn push(&mut self, at: Moment, class: Class, event: Event) {
        PlainCalendar::push(self, at, class, event);
    }
    fn pop(&mut self) -> Option<(Moment, Event)> {
        PlainCalendar::pop(self)
    }
}

/// Stations in a row with Poisson arrivals at the first.
#[derive(Debug, Clone)]
pub struct Tandem {
    pub per_hour: f64,
    pub service: Law,
    pub stations: usize,
    pub servers: u32,
}

impl Tandem {
    /// M/M/1 of this utilization with a mean service of one second.
    pub fn mm1(rho: f64) -> Tandem {
        Tandem { stations: 1, servers: 1, ..Tandem::five().at(rho) }
    }

    /// The workload of the peers: five M/M/4 stations, 3.2 arrivals and 1 service a second.
    pub fn five() -> Tandem {
        let service = Law::exponential(Span::from_secs(1));
        Tandem { per_hour: 3.2 * 3600.0, service, stations: 5, servers: 4 }
    }

    pub fn at(self, per_second: f64) -> Tandem {
        Tandem { per_hour: per_second * 3600.0, ..self }
    }
}

/// Who is in the system: when it came, and its number, to which its draws belong.
#[derive(Debug, Clone, Copy)]
struct Customer {
    born: Moment,
    number: u64,
}

/// A run from empty to empty.
pub struct Run<T> {
    pub calendar: T,
    pub stations: Vec<Station>,
    pub events: u64,
    customers: Vec<Customer>,
    free: Vec<u32>,
    draw: Draw,
}

impl<T: Timeline> Run<T> {
    pub fn new(model: &Tandem, calendar: T, draw: Draw) -> Run<T> {
        let station = Station::new(model.servers, Discipline::Fifo);
        let stations = vec![station; model.stations];
        Run { calendar, stations, events: 0, customers: Vec::new(), free: Vec::new(), draw }
    }

    /// Sends `customers` through; `done` is told the number, birth and departure of each, and
    /// `trace` every event.
    pub fn run(
        &mut self,
        model: &Tandem,
        customers: u64,
        mut trace: impl FnMut(Moment, Event),
        mut done: impl FnMut(u64, Moment, Moment),
    ) {
        let mut arrivals = Rate::constant(model.per_hour).arrivals(self.draw.source("arrivals"));
        let mut arrived = 0;
        self.expect(&mut arrivals);
        while let Some((now, event)) = self.calendar.pop() {
            self.events += 1;
            trace(now, event);
            match event {
                Event::Arrive => {
                    let customer = self.admit(Customer { born: now, number: arrived });
                    arrived += 1;
                    if arrived < customers {
                        self.expect(&mut arrivals);
                    }
                    self.enter(&model.service, now, 0, customer, arrived - 1);
                }
                Event::Complete { station, customer } => {
                    if let Some(start) = self.stations[station as usize].complete(now) {
                        self.follow(station, start);
                    }
                    let Customer { born, number } = self.customers[customer as usize];
                    let next = station + 1;
                    if usize::from(next) < self.stations.len() {
                        self.enter(&model.service, now, next, customer, number);
                    } else {
                        self.free.push(customer);
                        done(number, born, now);
                    }
                }
            }
        }
    }

    #[inline]
    fn expect(&mut self, arrivals: &mut Arrivals) {
        if let Some(at) = arrivals.next() {
            self.calendar.push(at, Class::Arrival, Event::Arrive);
        }
    }

    #[inline]
    fn admit(&mut self, customer: Customer) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.customers[slot as usize] = customer;
            return slot;
        }
        self.customers.push(customer);
        self.customers.len() as u32 - 1
    }

    #[inline]
    fn enter(&mut self, service: &Law, now: Moment, station: u8, customer: u32, number: u64) {
        let work = service.span(self.draw.uniform(SERVICE, number, u32::from(station)));
        let job = Job { token: customer.into(), work, rank: 0 };
        if let Some(start) = self.stations[usize::from(station)].arrive(now, job) {
            self.follow(station, start);
        }
    }

    #[inline]
    fn follow(&mut self, station: u8, start: Start) {
        let event = Event::Complete { station, customer: start.token as u32 };
        self.calendar.push(start.done, Class::Completion, event);
    }
}
