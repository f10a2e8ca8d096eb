//! Work in a warehouse beyond the usual: tours of pickers, shipping notes, put-away, staging space, and staff that
//! pauses, learns or does not come.

use super::law::law;
use crate::domain::NodeKind;
use crate::kernel::time::Span;
use crate::scenario::section::Section;
use crate::scenario::spec::{
    Learning, Node, Notes, PickMethod, PickRoute, Picking, PutAway, ShiftBreak, ShiftRow, Staging,
};
use crate::scenario::unit::Fault;

const METHODS: [PickMethod; 4] =
    [PickMethod::Single, PickMethod::Batch, PickMethod::Zone, PickMethod::Cluster];

/// `None` where orders are picked one by one and nobody asks how far that is.
pub fn picking(floor: &Section<'_>) -> Option<Picking> {
    let keys = floor.maybe_section("picking")?;
    let meters = |name: &str| keys.distance_km(name) * 1_000.0;
    let picking = Picking {
        method: keys.word("method").map_or(PickMethod::Single, |word| METHODS[word]),
        batch: keys.count("batch"),
        patience: keys.span("patience"),
        cart: keys.count("cart"),
        zones: keys.count("zones"),
        route: if keys.word("route") == Some(1) { PickRoute::Return } else { PickRoute::SShape },
        aisles: keys.count("aisles"),
        aisle_length_m: meters("aisle-length"),
        aisle_gap_m: meters("aisle-gap"),
        walk_kmh: keys.speed_kmh("walk"),
        per_unit: keys.span("per-unit"),
        sort_per_unit: keys.span("sort-per-unit"),
        box_per_line: keys.span("box-per-line"),
        consolidate: keys.span("consolidate"),
    };
    let together = matches!(picking.method, PickMethod::Batch | PickMethod::Cluster);
    if together && picking.cart < picking.batch && keys.desk.sound(&["floor.picking"]) {
        let message = format!("a batch of {} orders, but a cart takes {} units", picking.batch, picking.cart);
        let help = "write a batch of at most as many orders as the cart takes units, or a larger cart";
        keys.report("E0308", "batch", message, help);
    }
    if picking.method == PickMethod::Zone
        && picking.aisles < picking.zones
        && keys.desk.sound(&["floor.picking"])
    {
        let message = format!("{} zones in {} aisles", picking.zones, picking.aisles);
        keys.report("E0308", "zones", message, "write at most as many zones as there are aisles");
    }
    Some(picking)
}

/// A zone without a picker would keep its lines for ever.
pub fn zones_have_pickers(top: &Section<'_>, picking: Option<&Picking>, nodes: &[Node]) {
    let Some(picking) = picking.filter(|picking| picking.method == PickMethod::Zone) else { return };
    if !top.desk.sound(&["nodes", "floor"]) {
        return;
    }
    let few = |node: &&Node| node.kind == NodeKind::FulfillmentCenter && node.pickers < picking.zones;
    if let Some(node) = nodes.iter().find(few) {
        let message = format!("\"{}\" has {} pickers for {} zones", node.name, node.pickers, picking.zones);
        let keys = top.section("floor").section("picking");
        keys.report("E0306", "zones", message, "write fewer zones, or a picker or more for each");
    }
}

pub fn notes(floor: &Section<'_>) -> Option<Notes> {
    let keys = floor.maybe_section("notes")?;
    let company = keys.read("company", |text| {
        let fits = (7..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        match fits {
            true => Ok(text.to_owned()),
            false => Err(Fault {
                code: "E0206",
                message: format!("\"{}\" is no company prefix", crate::scenario::unit::short(text)),
                help: "write 7 to 10 digits in quotes, like \"4012345\"".to_owned(),
            }),
        }
    });
    Some(Notes { company: company.unwrap_or_else(|| "4012345".to_owned()), all: keys.flag("all") })
}

pub fn put_away(floor: &Section<'_>) -> Option<PutAway> {
    let keys = floor.maybe_section("put-away")?;
    Some(PutAway { work: law(&keys, "work"), workers: keys.count("workers"), wage: keys.money("wage") })
}

pub fn staging(floor: &Section<'_>) -> Staging {
    let keys = floor.section("staging");
    let room = |name: &str| keys.maybe_integer(name).map(|count| count as u32);
    Staging { packing: room("packing"), dock: room("dock") }
}

pub fn learning(floor: &Section<'_>) -> Learning {
    let keys = floor.section("learning");
    Learning {
        first: keys.number("first"),
        rate: keys.share("rate"),
        incompressible: keys.share("incompressible"),
        forgetting: keys.maybe_span("forgetting"),
    }
}

const DAY: u32 = 1_440;

/// Minutes from the start of a shift to a time of the day.
fn into(from_minute: u16, minute: u16) -> u32 {
    (u32::from(minute) + DAY - u32::from(from_minute)) % DAY
}

/// From its start to its end, in minutes.
fn length(from_minute: u16, to_minute: u16) -> u32 {
    match into(from_minute, to_minute) {
        0 => DAY,
        minutes => minutes,
    }
}

/// The pause of a shift; one that does not lie within it is told.
pub fn pause(keys: &Section<'_>, from_minute: u16, to_minute: u16) -> Option<ShiftBreak> {
    let (minutes, groups) = (keys.span("break-length").0 / Span::MINUTE.0, keys.count("break-groups"));
    if !keys.has("break") {
        return None;
    }
    let at_minute = keys.time_of_day("break");
    let ends = u64::from(into(from_minute, at_minute)) + minutes * u64::from(groups);
    if u64::from(length(from_minute, to_minute)) < ends && keys.desk.sound(&["shifts"]) {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let all = minutes * u64::from(groups);
        let message = format!(
            "a break of {all} minutes from {} on, in a shift from {} to {}",
            clock(at_minute),
            clock(from_minute),
            clock(to_minute)
        );
        keys.report("E0308", "break", message, "let the break of every group begin and end within the shift");
        return None;
    }
    Some(ShiftBreak { at_minute, minutes: minutes as u16, groups })
}

/// Two shifts of a plan that share an hour and more than all of the staff: the same people would be there twice.
pub fn overlaps(plan: &str, rows: &[ShiftRow], mut tell: impl FnMut(usize, String, &'static str)) {
    let week = |row: &ShiftRow| -> Vec<(i64, i64)> {
        let starts = (0..7).filter(|&day| row.days[day as usize]);
        let starts = starts.map(|day: i64| day * i64::from(DAY) + i64::from(row.from_minute));
        let lasts = i64::from(length(row.from_minute, row.to_minute));
        // What passes the end of the week is at its beginning as well.
        starts.flat_map(|start| [start, start - 7 * i64::from(DAY)].map(|at| (at, at + lasts))).collect()
    };
    for (second, row) in rows.iter().enumerate() {
        let meets = |other: &ShiftRow| {
            let (a, b) = (week(row), week(other));
            a.iter().any(|one| b.iter().any(|two| one.0 < two.1 && two.0 < one.1))
        };
        let both = |other: &&ShiftRow| {
            other.share <= 1.0 && row.share <= 1.0 && 1.0 + 1e-9 < other.share + row.share && meets(other)
        };
        if rows[..second].iter().any(|other| both(&other)) {
            let message =
                format!("shift plan \"{plan}\" overlaps itself: more than all of the staff at one time");
            tell(second, message, "end one shift where the other begins, or give each a share of the staff");
            return;
        }
    }
}
