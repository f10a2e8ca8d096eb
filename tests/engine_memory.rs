//! After start the lives of paid orders allocate nothing (unpaid ends go to the edge maps, which grow), and an order in flight takes no more memory than the design says.

use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::cell::Cell;

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counter is this thread's own.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn life(engine: &Engine, number: u64, lines: &[Line], plan: &[Assignment], out: &mut Transition) {
    let mut apply = |command: Command<'_>| {
        engine.apply(Moment(number), &command, out).unwrap();
        (out.handle, out.created.first().copied())
    };
    let order = apply(Command::Submit {
        id: OrderId(number),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(1_000),
        promised: Moment(1),
        lines: Cow::Borrowed(lines),
        hold: Cow::Borrowed(plan),
    })
    .0
    .unwrap();
    apply(Command::Pay { order, reference: number, amount: Money(1_000), hold: Cow::Borrowed(&[]) });
    apply(Command::Approve { order });
    let fulfillment = apply(Command::Allocate { order, plan: Cow::Borrowed(plan) }).1.unwrap();
    apply(Command::Start { fulfillment });
    apply(Command::Pick { fulfillment });
    let parcel = apply(Command::Pack { fulfillment, parcels: 1 }).1.unwrap();
    apply(Command::Ship { parcel });
    apply(Command::Deliver { parcel });
    if number.is_multiple_of(3) {
        apply(Command::RequestReturn { parcel });
        apply(Command::Grade { parcel, restock: true });
    } else {
        apply(Command::Accept { order });
    }
}

#[test]
fn lives_of_paid_orders_allocate_nothing_after_start() {
    let engine = Engine::new(EngineSize { skus: 8, nodes: 2, orders_hint: 1 }, EngineRules::default());
    let mut out = Transition::default();
    for sku in (0..8).map(SkuId) {
        let receive = Command::Receive { sku, node: NodeId(1), quantity: 100_000 };
        engine.apply(Moment(0), &receive, &mut out).unwrap();
    }
    let lines: Vec<_> = (0..8).map(|sku| Line { sku: SkuId(sku), quantity: 2 }).collect();
    let plan: Vec<_> =
        (0..8).map(|line| Assignment { line, node: NodeId(1), quantity: 2, group: 0 }).collect();
    life(&engine, 0, &lines, &plan, &mut out);
    life(&engine, 1, &lines[..1], &plan[..1], &mut out);
    let before = ALLOCATIONS.get();
    for number in 2..2_000 {
        let count = 1 + number as usize % 8;
        life(&engine, number, &lines[..count], &plan[..count], &mut out);
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
    engine.check_laws().unwrap();
}

/// Carts that come, grow beyond their record, shrink and become orders.
#[test]
fn lives_of_carts_allocate_nothing_after_start() {
    let engine = Engine::new(EngineSize { skus: 16, nodes: 1, orders_hint: 1 }, EngineRules::default());
    let mut out = Transition::default();
    let node = NodeId(0);
    for sku in (0..16).map(SkuId) {
        engine.apply(Moment(0), &Command::Receive { sku, node, quantity: 100_000 }, &mut out).unwrap();
    }
    let mut life = |number: u64| {
        let (cart, guest) = (CartId(number % 64), CartId(64 + number % 64));
        let mut apply = |command: Command<'_>| engine.apply(Moment(number), &command, &mut out).unwrap();
        for sku in (0..12).map(SkuId) {
            apply(Command::AddToCart { cart: guest, sku, quantity: 2, hold: Some(node) });
        }
        apply(Command::SetQuantity { cart: guest, sku: SkuId(3), quantity: 5, hold: Some(node) });
        apply(Command::MergeCarts { from: guest, into: cart, rule: CartMerge::Larger });
        apply(Command::RemoveFromCart { cart, sku: SkuId(4) });
        apply(Command::ClearCart { cart });
    };
    (0..256).for_each(&mut life);
    let before = ALLOCATIONS.get();
    (256..2_000).for_each(&mut life);
    assert_eq!(ALLOCATIONS.get() - before, 0);
    engine.check_laws().unwrap();
}

#[test]
fn an_order_in_flight_takes_144_bytes() {
    let engine = Engine::new(EngineSize { skus: 1, nodes: 1, orders_hint: 1 << 16 }, EngineRules::default());
    let counters = engine.counters();
    let bytes = counters.orders.bytes + counters.fulfillments.bytes + counters.parcels.bytes;
    assert_eq!(bytes / (1 << 16), 144);
}
