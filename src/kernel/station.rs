//! A station: servers and one queue, with statistics that are always on.
//!
//! # Promises
//! - A job in service is never interrupted: when a shift ends, extra servers retire as they finish.
//! - Statistics are sums of whole ticks, so Little's law is an equality, not an estimate:
//!   `check_little` compares the area under the number in the station with the time its jobs spent.
//! - Nothing here draws a number or touches the calendar: the caller schedules `Start::done` and
//!   calls `complete` at that moment.
//!
//! # Why areas are kept per interval and summed later
//! Within one interval of the report the areas fit 64 bits, so a change of state costs two
//! multiplications and one comparison; at an interval's end they are added to 128-bit totals, and
//! the series for the charts comes free.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

pub use super::record::{Interval, StationRecord};
use super::time::{Moment, Span};

/// Who is served next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discipline {
    Fifo,
    /// By `rank`, 0 first, of 8 classes; first in, first out within a class; non-preemptive.
    Priority,
    /// By `rank` as a due key, smallest first; first in, first out among equals.
    EarliestDue,
}

/// What a station is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// The caller's name for the job, given back when it starts.
    pub token: u64,
    pub work: Span,
    /// Class (0 to 7) under `Priority`, due key under `EarliestDue`.
    pub rank: u32,
}

/// A job that begins its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub token: u64,
    /// When the caller must call `complete`.
    pub done: Moment,
    pub waited: Span,
}

/// What became of an arrival at a station with limited room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Started(Start),
    Queued,
    Refused,
}

/// Job time, summed over the jobs; in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub waited: u128,
    pub served: u128,
    /// An idle station owes nothing: else a completion was called at another moment than `done`.
    pub settled: bool,
}

/// Servers and one queue.
#[derive(Debug, Clone)]
pub struct Station {
    servers: u32,
    busy: u32,
    last: Moment,
    /// Areas since `opened`, the start of the current interval; it ends before `edge`.
    area_number: u64,
    area_busy: u64,
    edge: Moment,
    arrivals: u64,
    departures: u64,
    /// Left the queue unserved; not among `arrivals`.
    withdrawn: u64,
    started: u64,
    waited: u128,
    work_started: u128,
    /// Sum of the completion moments of the jobs in service.
    done_sum: u128,
    line: Line,
    room: usize,
    /// Work takes so many times as long now.
    slowness: f64,
    refused: u64,
    interval_max_queue: u32,
    max_queue: u32,
    max_queue_at: Moment,
    interval: Span,
    opened: Moment,
    offered: u64,
    offered_from: Moment,
    overtime: u64,
    totals: Totals,
    intervals: Vec<Interval>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    number: u128,
    busy: u128,
    offered: u128,
    overtime: u128,
    arrivals: u64,
    departures: u64,
}

const QUARTER: Span = Span::from_minutes(15);

impl Station {
    /// A station with unlimited room to wait, reported by quarter hours.
    pub fn new(servers: u32, discipline: Discipline) -> Station {
        Station {
            servers,
            busy: 0,
            last: Moment::ZERO,
            area_number: 0,
            area_busy: 0,
            edge: Moment::ZERO + QUARTER,
            arrivals: 0,
            departures: 0,
            withdrawn: 0,
            started: 0,
            waited: 0,
            work_started: 0,
            done_sum: 0,
            line: Line::new(discipline),
            room: usize::MAX,
            slowness: 1.0,
            refused: 0,
            interval_max_queue: 0,
            max_queue: 0,
            max_queue_at: Moment::ZERO,
            interval: QUARTER,
            opened: Moment::ZERO,
            offered: 0,
            offered_from: Moment::ZERO,
            overtime: 0,
            totals: Totals::default(),
            intervals: Vec::new(),
        }
    }

    /// A server for everyone: goods on the road, shoppers at home. Its utilization is `None`.
    pub fn unlimited() -> Station {
        Station::new(u32::MAX, Discipline::Fifo)
    }

    /// Nobody waits: an arrival that finds all servers busy is refused. Ask by `admit`.
    pub fn loss(servers: u32) -> Station {
        Station::new(servers, Discipline::Fifo).with_room(0)
    }

    /// At most `room` jobs may wait; further ones are refused. Ask by `admit`.
    pub fn with_room(self, room: usize) -> Station {
        Station { room, ..self }
    }

    /// The length of the report's intervals. Panics when time has already passed, or unless it is
    /// between one tick and one day (areas of one interval are kept in 64 bits).
    pub fn with_interval(self, interval: Span) -> Station {
        assert!(self.last == Moment::ZERO && self.intervals.is_empty(), "the station is already running");
        assert!(Span::ZERO < interval && interval <= Span::DAY, "an interval of {interval}");
        Station { interval, edge: Moment::ZERO + interval, ..self }
    }

    /// The job starts at once (`Some`) or waits (`None`). Panics when it would be refused.
    #[inline]
    pub fn arrive(&mut self, now: Moment, job: Job) -> Option<Start> {
        match self.admit(now, job) {
            Admission::Started(start) => Some(start),
            Admission::Queued => None,
            Admission::Refused => panic!("a station with limited room was not asked by admit()"),
        }
    }

    /// The job starts, waits or is refused; only refusals depend on `with_room`.
    #[inline]
    pub fn admit(&mut self, now: Moment, job: Job) -> Admission {
        self.advance(now);
        let waiting = Waiting { token: job.token, arrived: now, work: job.work };
        if self.busy < self.servers {
            self.arrivals += 1;
            return Admission::Started(self.start(now, waiting));
        }
        let queue = self.line.len();
        if self.room <= queue {
            self.refused += 1;
            return Admission::Refused;
        }
        self.arrivals += 1;
        self.line.push(waiting, job.rank);
        self.note_queue(now, queue as u32 + 1);
        Admission::Queued
    }

    /// A server has finished its job; returns the job it starts next, if any.
    #[inline]
    pub fn complete(&mut self, now: Moment) -> Option<Start> {
        self.advance(now);
        assert!(0 < self.busy, "a completion at a station where nobody is in service");
        self.departures += 1;
        self.done_sum = self.done_sum.wrapping_sub(now.0.into());
        self.busy -= 1;
        if self.servers <= self.busy {
            return None;
        }
        let next = self.line.pop()?;
        Some(self.start(now, next))
    }

    /// Changes the number of servers. Waiting jobs that can start now are given to `started`;
    /// when servers are taken away, those who serve finish first and count as overtime.
    pub fn set_servers(&mut self, now: Moment, servers: u32, mut started: impl FnMut(Start)) {
        self.advance(now);
        self.settle_offered(now);
        self.servers = servers;
        while self.busy < self.servers {
            let Some(next) = self.line.pop() else { break };
            started(self.start(now, next));
        }
    }

    /// Jobs that start from now on take so many times their work.
    pub fn set_slowness(&mut self, slowness: f64) {
        self.slowness = slowness;
    }

    /// A job that was done `by` ago still keeps its server, which has nowhere to put it. For right before `complete`.
    pub fn prolong(&mut self, by: Span) {
        self.work_started += u128::from(by.0);
        self.done_sum = self.done_sum.wrapping_add(by.0.into());
    }

    pub fn servers(&self) -> u32 {
        self.servers
    }

    pub fn busy(&self) -> u32 {
        self.busy
    }

    pub fn queue_len(&self) -> usize {
        self.line.len()
    }

    /// The tokens that wait, in the order in which they would be served.
    pub fn waiting(&self) -> Vec<u64> {
        self.line.tokens()
    }

    /// The waiting jobs whose tokens are `gone` leave unserved; how many.
    pub fn withdraw(&mut self, now: Moment, gone: impl Fn(u64) -> bool) -> u64 {
        self.advance(now);
        let mut left = 0;
        let waited = &mut self.waited;
        self.line.retain(|job| {
            let stays = !gone(job.token);
            if !stays {
                left += 1;
                *waited += u128::from(now.since(job.arrived).0);
            }
            stays
        });
        // `arrivals` counts those who stay, so that the number present needs no third counter. The base of the
        // interval goes down with it: whoever left had arrived in it, or before.
        self.arrivals -= left;
        self.totals.arrivals = self.totals.arrivals.wrapping_sub(left);
        self.withdrawn += left;
        left
    }

    /// Waiting and in service.
    pub fn number(&self) -> u64 {
        self.arrivals - self.departures
    }

    /// The run ends: its last interval is closed, whole or not. For once, when nothing more happens.
    pub fn close(&mut self, now: Moment) {
        self.advance(now);
        if self.opened < now {
            self.settle_offered(now);
            self.push_interval();
        }
    }

    /// The finished intervals, from time zero.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// The start of the first finished interval in which at least `ratio` of the server time was
    /// used: when the station became the bottleneck.
    pub fn first_saturated(&self, ratio: f64) -> Option<Moment> {
        let at = self.intervals.iter().position(|row| row.utilization().is_some_and(|used| ratio <= used))?;
        Some(Moment(at as u64 * self.interval.0))
    }

    /// Everything counted from time zero to `now`. Panics when `now` is in the station's past.
    pub fn record(&self, now: Moment) -> StationRecord {
        let mut seen = self.clone_counters();
        seen.advance(now);
        seen.settle_offered(now);
        let (number, busy) = seen.areas();
        StationRecord {
            from: Moment::ZERO,
            until: now,
            arrivals: seen.arrivals + seen.withdrawn,
            withdrawn: seen.withdrawn,
            refused: seen.refused,
            started: seen.started,
            departures: seen.departures,
            area_number: number,
            area_queue: number - busy,
            area_busy: busy,
            area_offered: seen.totals.offered + u128::from(seen.offered),
            area_overtime: seen.totals.overtime + u128::from(seen.overtime),
            waited: seen.waited,
            max_queue: seen.max_queue,
            max_queue_at: seen.max_queue_at,
        }
    }

    /// Little's law as an identity in ticks: the areas, which were summed from the numbers present
    /// between changes, equal what the jobs themselves spent waiting and in service.
    pub fn check_little(&self, now: Moment) -> Result<(), String> {
        let record = self.record(now);
        let Spent { waited, served, settled } = self.spent(now);
        let present = u64::from(self.busy) + self.line.len() as u64;
        if settled && (record.area_queue, record.area_busy, self.number()) == (waited, served, present) {
            return Ok(());
        }
        Err(format!(
            "at {now}: queue area {} but waited {waited}, busy area {} but served {served}, \
             arrivals - departures {} but present {present}, all completed on time: {settled}",
            record.area_queue,
            record.area_busy,
            self.number()
        ))
    }

    /// What the jobs themselves have waited and were served until now, whether they are done or not.
    pub fn spent(&self, now: Moment) -> Spent {
        let left = self.done_sum.wrapping_sub(u128::from(self.busy) * u128::from(now.0));
        Spent {
            waited: self.waited + self.line.waiting_until(now),
            served: self.work_started.wrapping_sub(left),
            settled: 0 < self.busy || left == 0,
        }
    }

    #[inline]
    fn start(&mut self, now: Moment, job: Waiting) -> Start {
        let work = match self.slowness == 1.0 {
            true => job.work,
            false => Span((job.work.0 as f64 * self.slowness) as u64),
        };
        let (waited, done) = (now.since(job.arrived), now + work);
        self.busy += 1;
        self.started += 1;
        self.waited += u128::from(waited.0);
        self.work_started += u128::from(work.0);
        self.done_sum = self.done_sum.wrapping_add(done.0.into());
        Start { token: job.token, done, waited }
    }

    /// Accrues the areas up to `now`.
    #[inline]
    fn advance(&mut self, now: Moment) {
        if self.edge <= now {
            self.close_intervals(now);
        }
        self.accrue(now);
    }

    #[inline]
    fn accrue(&mut self, now: Moment) {
        let elapsed = now.since(self.last).0;
        self.last = now;
        self.area_number += (self.arrivals - self.departures) * elapsed;
        self.area_busy += u64::from(self.busy) * elapsed;
        if self.servers < self.busy {
            self.overtime += u64::from(self.busy - self.servers) * elapsed;
        }
    }

    #[inline]
    fn note_queue(&mut self, now: Moment, queue: u32) {
        if self.interval_max_queue < queue {
            self.interval_max_queue = queue;
            if self.max_queue < queue {
                (self.max_queue, self.max_queue_at) = (queue, now);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn close_intervals(&mut self, now: Moment) {
        while self.edge <= now {
            self.accrue(self.edge);
            self.settle_offered(self.edge);
            self.push_interval();
            self.totals = Totals {
                number: self.totals.number + u128::from(self.area_number),
                busy: self.totals.busy + u128::from(self.area_busy),
                offered: self.totals.offered + u128::from(self.offered),
                overtime: self.totals.overtime + u128::from(self.overtime),
                arrivals: self.arrivals,
                departures: self.departures,
            };
            (self.area_number, self.area_busy, self.offered, self.overtime) = (0, 0, 0, 0);
            self.interval_max_queue = self.line.len() as u32;
            self.opened = self.edge;
            self.edge = self.edge + self.interval;
        }
    }

    fn push_interval(&mut self) {
        self.intervals.push(Interval {
            busy: self.area_busy,
            offered: self.offered,
            overtime: self.overtime,
            queue: self.area_number - self.area_busy,
            max_queue: self.interval_max_queue,
            arrivals: self.arrivals.wrapping_sub(self.totals.arrivals) as u32,
            departures: (self.departures - self.totals.departures) as u32,
        });
    }

    fn settle_offered(&mut self, now: Moment) {
        if self.servers != u32::MAX {
            self.offered += u64::from(self.servers) * now.since(self.offered_from).0;
        }
        self.offered_from = now;
    }

    fn areas(&self) -> (u128, u128) {
        (self.totals.number + u128::from(self.area_number), self.totals.busy + u128::from(self.area_busy))
    }

    /// A copy that can be advanced to a read-out: all counters, no queue, no series.
    fn clone_counters(&self) -> Station {
        Station { line: Line::new(Discipline::Fifo), intervals: Vec::new(), ..*self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    token: u64,
    arrived: Moment,
    work: Span,
}

#[derive(Debug, Clone)]
enum Line {
    Fifo(VecDeque<Waiting>),
    Priority { classes: Box<[VecDeque<Waiting>; 8]>, occupied: u8, len: usize },
    EarliestDue { heap: BinaryHeap<Reverse<(u32, u64, Waiting)>>, pushed: u64 },
}

impl Line {
    fn new(discipline: Discipline) -> Line {
        match discipline {
            Discipline::Fifo => Line::Fifo(VecDeque::new()),
            Discipline::Priority => Line::Priority { classes: Box::default(), occupied: 0, len: 0 },
            Discipline::EarliestDue => Line::EarliestDue { heap: BinaryHeap::new(), pushed: 0 },
        }
    }

    fn tokens(&self) -> Vec<u64> {
        match self {
            Line::Fifo(line) => line.iter().map(|job| job.token).collect(),
            Line::Priority { classes, .. } => classes.iter().flatten().map(|job| job.token).collect(),
            Line::EarliestDue { heap, .. } => {
                let mut jobs: Vec<_> =
                    heap.iter().map(|Reverse((rank, turn, job))| (rank, turn, job)).collect();
                jobs.sort_unstable();
                jobs.into_iter().map(|(_, _, job)| job.token).collect()
            }
        }
    }

    /// Each job is asked for once; in no promised order.
    fn retain(&mut self, mut stays: impl FnMut(&Waiting) -> bool) {
        match self {
            Line::Fifo(line) => line.retain(stays),
            Line::Priority { classes, occupied, len } => {
                for (class, line) in classes.iter_mut().enumerate() {
                    line.retain(&mut stays);
                    if line.is_empty() {
                        *occupied &= !(1 << class);
                    }
                }
                *len = classes.iter().map(VecDeque::len).sum();
            }
            Line::EarliestDue { heap, .. } => heap.retain(|Reverse((_, _, job))| stays(job)),
        }
    }

    #[inline]
    fn len(&self) -> usize {
        match self {
            Line::Fifo(line) => line.len(),
            Line::Priority { len, .. } => *len,
            Line::EarliestDue { heap, .. } => heap.len(),
        }
    }

    #[inline]
    fn push(&mut self, job: Waiting, rank: u32) {
        match self {
            Line::Fifo(line) => line.push_back(job),
            Line::Priority { classes, occupied, len } => {
                assert!(rank < 8, "priority class {rank}; there are 8, from 0");
                classes[rank as usize].push_back(job);
                *occupied |= 1 << rank;
                *len += 1;
            }
            Line::EarliestDue { heap, pushed } => {
                *pushed += 1;
                heap.push(Reverse((rank, *pushed, job)));
            }
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<Waiting> {
        match self {
            Line::Fifo(line) => line.pop_front(),
            Line::Priority { classes, occupied, len } => {
                let class = occupied.trailing_zeros() as usize;
                let job = classes.get_mut(class)?.pop_front()?;
                *len -= 1;
                if classes[class].is_empty() {
                    *occupied &= !(1 << class);
                }
                Some(job)
            }
            Line::EarliestDue { heap, .. } => heap.pop().map(|Reverse((_, _, job))| job),
        }
    }

    /// What the waiting jobs have waited so far, in ticks.
    fn waiting_until(&self, now: Moment) -> u128 {
        let waited = |job: &Waiting| u128::from(now.since(job.arrived).0);
        match self {
            Line::Fifo(line) => line.iter().map(waited).sum(),
            Line::Priority { classes, .. } => classes.iter().flatten().map(waited).sum(),
            Line::EarliestDue { heap, .. } => heap.iter().map(|entry| waited(&entry.0.2)).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(token: u64, work: u64, rank: u32) -> Job {
        Job { token, work: Span(work), rank }
    }

    /// Serves jobs that all arrive at time zero, while one more is in service; returns their order.
    fn check(discipline: Discipline, ranks: &[u32], expect: &[u64]) {
        let mut station = Station::new(1, discipline);
        let mut start = station.arrive(Moment::ZERO, job(99, 5, 0));
        for (token, &rank) in ranks.iter().enumerate() {
            assert_eq!(station.arrive(Moment::ZERO, job(token as u64, 5, rank)), None);
        }
        let mut order = Vec::new();
        while let Some(Start { token, done, .. }) = start {
            order.push(token);
            start = station.complete(done);
            station.check_little(done).expect("Little's law is an identity");
        }
        assert_eq!(order[1..], *expect, "{discipline:?} {ranks:?}");
        assert_eq!(station.record(Moment(100)).area_busy, 5 * order.len() as u128);
    }

    #[test]
    fn disciplines() {
        check(Discipline::Fifo, &[3, 1, 2], &[0, 1, 2]);
        check(Discipline::Priority, &[3, 1, 3, 1, 0], &[4, 1, 3, 0, 2]);
        check(Discipline::EarliestDue, &[900, 20, 900, 7, 20], &[3, 1, 4, 0, 2]);
    }

    #[test]
    fn extra_servers_retire_as_they_finish() {
        let mut station = Station::new(3, Discipline::Fifo);
        for token in 0..5 {
            station.arrive(Moment(0), job(token, 10 + token, 0));
        }
        station.set_servers(Moment(5), 1, |_| panic!("nobody can start when servers leave"));
        assert_eq!((station.busy(), station.servers(), station.queue_len()), (3, 1, 2));
        assert_eq!(station.complete(Moment(10)), None);
        assert_eq!(station.complete(Moment(11)), None);
        let next = station.complete(Moment(12)).expect("the last server goes on");
        assert_eq!((next.token, next.done, next.waited), (3, Moment(25), Span(12)));
        let mut started = Vec::new();
        station.set_servers(Moment(20), 4, |start| started.push(start.token));
        assert_eq!(started, [4]);
        let record = station.record(Moment(20));
        // Offered 3 x 5, then 1 x 15; beyond the shift 2 x 5 and 1 x 1.
        assert_eq!((record.area_offered, record.area_overtime), (30, 11));
        assert_eq!(record.area_busy, 10 + 11 + 12 + 8);
        assert_eq!(record.utilization(), Some(1.0));
        station.check_little(Moment(22)).expect("Little's law is an identity");
    }

    #[test]
    fn a_full_station_refuses() {
        let mut station = Station::loss(1);
        assert!(matches!(station.admit(Moment(0), job(1, 9, 0)), Admission::Started(_)));
        assert_eq!(station.admit(Moment(1), job(2, 9, 0)), Admission::Refused);
        let mut station = Station::new(1, Discipline::Fifo).with_room(1);
        station.admit(Moment(0), job(1, 9, 0));
        assert_eq!(station.admit(Moment(1), job(2, 9, 0)), Admission::Queued);
        assert_eq!(station.admit(Moment(1), job(3, 9, 0)), Admission::Refused);
        assert_eq!((station.record(Moment(9)).refused, station.record(Moment(9)).arrivals), (1, 2));
    }

    #[test]
    fn intervals_add_up_to_the_totals() {
        let mut station = Station::new(2, Discipline::Fifo).with_interval(Span(10));
        let mut due = std::collections::BinaryHeap::new();
        for token in 0..40u64 {
            let now = Moment(token * 3);
            while due.peek().is_some_and(|Reverse(done)| *done <= now) {
                let Reverse(done) = due.pop().expect("it was peeked at");
                due.extend(station.complete(done).map(|start| Reverse(start.done)));
            }
            due.extend(station.arrive(now, job(token, 4 + token % 7, 0)).map(|start| Reverse(start.done)));
        }
        while let Some(Reverse(done)) = due.pop() {
            due.extend(station.complete(done).map(|start| Reverse(start.done)));
        }
        let end = Moment(station.last.0.next_multiple_of(10));
        station.set_servers(end, 2, |_| {});
        let (record, rows) = (station.record(end), station.intervals());
        let sum = |of: fn(&Interval) -> u64| rows.iter().map(|row| u128::from(of(row))).sum::<u128>();
        assert_eq!(sum(|row| row.busy), record.area_busy);
        assert_eq!(sum(|row| row.queue), record.area_queue);
        assert_eq!(sum(|row| row.offered), record.area_offered);
        assert_eq!(sum(|row| row.departures.into()), 40);
        assert_eq!(rows.iter().map(|row| row.max_queue).max(), Some(record.max_queue));
        assert_eq!(rows.len() as u64, end.0 / 10);
        let first = station.first_saturated(0.95).expect("seven thirds of a server are asked of two");
        assert!(0.95 <= rows[first.0 as usize / 10].utilization().expect("servers were offered"));
        let warm = rows.len() as u64 / 2 * 10;
        assert!(warm <= record.until.0 && record.since(&record).departures == 0);
    }

    #[test]
    fn the_last_interval_is_closed_whole_or_not() {
        for (end, lengths) in [(20, vec![10, 10]), (25, vec![10, 10, 5])] {
            let mut station = Station::new(2, Discipline::Fifo).with_interval(Span(10));
            station.arrive(Moment(0), job(1, 100, 0));
            station.close(Moment(end));
            let busy: Vec<u64> = station.intervals().iter().map(|row| row.busy).collect();
            let offered: Vec<u64> = station.intervals().iter().map(|row| row.offered).collect();
            assert_eq!(offered, lengths.iter().map(|length| 2 * length).collect::<Vec<_>>());
            assert_eq!(busy, lengths);
            station.check_little(Moment(end)).expect("closing counts nothing twice");
        }
    }

    #[test]
    fn a_completion_at_the_wrong_moment_is_noticed() {
        let mut station = Station::new(1, Discipline::Fifo);
        station.arrive(Moment(0), job(1, 10, 0));
        station.complete(Moment(7));
        assert!(station.check_little(Moment(7)).is_err());
    }
}
