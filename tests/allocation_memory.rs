//! Warm plans, quotes and departures allocate nothing.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use ordermill::allocation::*;
use ordermill::domain::*;
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::Dock;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counter is a constant-initialized
// thread local without a destructor, so counting allocates nothing itself.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Allocations of the second of two equal runs.
fn when_warm(mut run: impl FnMut()) -> u64 {
    run();
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

#[test]
fn warm_plans_allocate_nothing() {
    let nodes: Vec<NodeId> = (0..12).map(NodeId).collect();
    let offer = |_, node: NodeId, _| {
        Some(Offer { km: f64::from(node.0), first_kg: Money(500), per_further_kg: Money(100) })
    };
    let tables = Arc::new(AllocationTables::build(1, 1, &[0; 12], &nodes, offer));
    let mut shelf = Shelf::new(8, 12);
    for sku in 0..8u32 {
        nodes.iter().for_each(|&node| shelf.set(SkuId(sku), node, (sku + 3 * u32::from(node.0)) % 4));
    }
    let line = |line: u16| OpenLine {
        line,
        sku: SkuId(u32::from(line)),
        quantity: 5,
        class: HandlingClass::ALL[usize::from(line % 2)],
        unit_g: 400,
    };
    let lines: Vec<OpenLine> = (0..4).map(line).collect();
    let order = OrderView {
        id: OrderId(1),
        zone: ZoneId(0),
        method: MethodId(0),
        at: Moment::ZERO,
        promised: Moment::NEVER,
        lines: &lines,
        own: &[(SkuId(1), NodeId(2), 1)],
    };
    let rules = Rules { split_lines: true, max_splits: 4, backorder: true };
    let (draw, mut plan) = (Draw::new(1, 0), Plan::default());
    for builtin in Builtin::ALL {
        let allocator = Allocator::builtin(builtin, tables.clone(), rules);
        let made = when_warm(|| allocator.plan(&order, &StockView::of_shelf(&shelf), &draw, &mut plan));
        assert_eq!(made, 0, "{builtin:?}");
        // No node has all of it: who never splits waits.
        let waits = builtin == Builtin::SingleOrWait && !plan.backorders.is_empty();
        assert!(waits || 2 <= plan.fulfillment_count(), "{builtin:?} had nothing to do");
    }
}

#[test]
fn warm_docks_and_boxes_allocate_nothing() {
    let (mut dock, mut out, mut now) = (Dock::new(), Vec::new(), Moment::ZERO);
    let day = || {
        for parcel in 0..500 {
            now = now + Span::MINUTE;
            dock.board(parcel, now, (parcel % 3) as u32);
        }
        out.clear();
        dock.depart(now, 500, Span::ZERO, &mut out);
    };
    assert_eq!(when_warm(day), 0);
    let limits = BoxLimits { max_weight_g: 5_000, max_volume_ml: 9_000, max_units: 9, max_side_mm: 1_000 };
    let items = [BoxItem { sku: SkuId(0), quantity: 30, weight_g: 900, volume_ml: 100, longest_mm: 80 }];
    let mut boxes = Boxes::default();
    assert_eq!(when_warm(|| assert_eq!(boxes.pack(&items, limits).len(), 6)), 0);
}
