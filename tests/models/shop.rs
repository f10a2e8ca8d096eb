//! A small shop for the models: its engine, and commands in short.

use std::borrow::Cow;

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

use crate::harness::{Arc, thread};

pub type Answer = Result<Step, Refusal>;

/// What one command came to.
pub struct Done {
    pub answer: Answer,
    pub out: Transition,
}

#[derive(Clone)]
pub struct Shop(pub Arc<Engine>);

/// So many units of each SKU at each of two nodes; empty cells are left alone.
pub fn shop(stock: &[[u32; 2]]) -> Shop {
    // Slots are made ahead: the checkers do not see that `OnceLock` orders a segment's making before its use.
    let size = EngineSize { skus: stock.len() as u32, nodes: 2, orders_hint: 4 };
    let shop = Shop(Arc::new(Engine::new(size, EngineRules::default())));
    for (sku, units) in (0..).zip(stock) {
        for (node, &quantity) in (0..).zip(units) {
            if 0 < quantity {
                shop.ok(receive(sku, node, quantity));
            }
        }
    }
    shop
}

impl Shop {
    pub fn done(&self, command: &Command<'_>) -> Done {
        let mut out = Transition::default();
        let answer = self.0.apply(Moment(0), command, &mut out).map(|()| out.step);
        Done { answer, out }
    }

    pub fn ask(&self, command: Command<'_>) -> Answer {
        self.done(&command).answer
    }

    #[track_caller]
    pub fn ok(&self, command: Command<'_>) -> Transition {
        let Done { answer, out } = self.done(&command);
        answer.unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"));
        out
    }

    pub fn submit(&self, id: u64, lines: &[(u32, u32)], hold: &[Assignment]) -> Result<Handle, Refusal> {
        let Done { answer, out } = self.done(&submit(id, lines, hold));
        answer.map(|_| out.handle.expect("a new order"))
    }

    /// One unit of each SKU, held at node 0 from submit on.
    pub fn order(&self, id: u64, skus: &[u32]) -> Result<Handle, Refusal> {
        let lines: Vec<_> = skus.iter().map(|&sku| (sku, 1)).collect();
        let hold: Vec<_> = (0..skus.len() as u16).map(|line| at(0, line, 1)).collect();
        self.submit(id, &lines, &hold)
    }

    /// An order of one unit of SKU 0, paid and approved.
    pub fn approved(&self, id: u64, quantity: u32) -> Handle {
        let order = self.submit(id, &[(0, quantity)], &[at(0, 0, quantity)]).unwrap();
        self.ok(pay(order, 5));
        self.ok(Command::Approve { order });
        order
    }

    /// Its fulfillment order, picked.
    pub fn picked(&self, id: u64, quantity: u32) -> (Handle, Handle) {
        let order = self.approved(id, quantity);
        let fulfillment = self.ok(allocate(order, &[at(0, 0, quantity)])).created[0];
        self.ok(Command::Start { fulfillment });
        self.ok(Command::Pick { fulfillment });
        (order, fulfillment)
    }

    /// All commands at once, each on a thread of its own; the last one on this thread.
    pub fn race<const N: usize>(&self, mut commands: Vec<Command<'static>>) -> [Answer; N] {
        let last = commands.pop().expect("a command");
        let racers: Vec<_> = commands
            .into_iter()
            .map(|command| {
                let shop = self.clone();
                thread::spawn(move || shop.ask(command))
            })
            .collect();
        let last = self.ask(last);
        let mut answers: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
        answers.push(last);
        answers.try_into().expect("an answer a command")
    }

    /// Stock of SKU 0 at node 0: (available, held).
    pub fn cell(&self) -> (u32, u32) {
        let stock = self.0.stock();
        (stock.available(SkuId(0), NodeId(0)), stock.held(SkuId(0), NodeId(0)))
    }

    pub fn ended(&self, state: OrderState) -> u64 {
        self.0.counters().by_state[state as usize]
    }

    #[track_caller]
    pub fn laws(&self) {
        self.0.check_laws().unwrap_or_else(|breach| panic!("{breach}"));
    }
}

pub fn at(node: u16, line: u16, quantity: u32) -> Assignment {
    Assignment { line, node: NodeId(node), quantity, group: 0 }
}

pub fn submit(id: u64, lines: &[(u32, u32)], hold: &[Assignment]) -> Command<'static> {
    Command::Submit {
        id: OrderId(id),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(100),
        promised: Moment(9),
        lines: lines.iter().map(|&(sku, quantity)| Line { sku: SkuId(sku), quantity }).collect(),
        hold: Cow::Owned(hold.to_vec()),
    }
}

pub fn pay(order: Handle, reference: u64) -> Command<'static> {
    pay_and_hold(order, reference, &[])
}

pub fn pay_and_hold(order: Handle, reference: u64, hold: &[Assignment]) -> Command<'static> {
    Command::Pay { order, reference, amount: Money(100), hold: Cow::Owned(hold.to_vec()) }
}

pub fn allocate(order: Handle, plan: &[Assignment]) -> Command<'static> {
    Command::Allocate { order, plan: Cow::Owned(plan.to_vec()) }
}

pub fn receive(sku: u32, node: u16, quantity: u32) -> Command<'static> {
    Command::Receive { sku: SkuId(sku), node: NodeId(node), quantity }
}
