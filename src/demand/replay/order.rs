//! Orders: consecutive rows of one order number, checked cell by cell.

use std::io::{self, Read};

use crate::domain::order::{MAX_LINE_QUANTITY, MAX_LINES};
use crate::domain::{Money, SkuId, ZoneId};

use super::layout::Layout;
use super::names::key;
use super::number;
use super::place::Places;
use super::reject::{Reason, Watch};
use super::rows::Rows;
use super::time_format::WallMicros;

/// The SKU of a line in a file that does not tell it: to be drawn.
pub const DRAWN: SkuId = SkuId(u32::MAX);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundLine {
    pub sku: SkuId,
    pub quantity: u32,
    /// What the row was paid, if the file tells.
    pub value: Money,
}

impl FoundLine {
    pub fn is_drawn(&self) -> bool {
        self.sku == DRAWN
    }
}

/// One order as the file tells it. A buffer that serves all.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub time: WallMicros,
    /// Of its first row.
    pub offset: u64,
    /// Key of the customer's name; `None` is a guest.
    pub customer: Option<u64>,
    pub zone: Option<ZoneId>,
    /// Distinct SKUs, but for `DRAWN`.
    pub lines: Vec<FoundLine>,
    number: Vec<u8>,
}

/// Reads the next order that has a line; `false` at the end. `sku` finds the SKU of a name.
#[inline]
pub fn read<R: Read>(
    rows: &mut Rows<R>,
    layout: &Layout,
    places: &Places,
    sku: &mut impl FnMut(&[u8]) -> Option<SkuId>,
    watch: &mut impl Watch,
    out: &mut Found,
) -> io::Result<bool> {
    out.lines.clear();
    while let Some(row) = rows.advance()? {
        if let (Ok(()), Some(column)) = (row, layout.order) {
            let number = rows.cell(column).unwrap_or(b"");
            if number != out.number || out.lines.is_empty() {
                if !out.lines.is_empty() {
                    rows.stay();
                    return Ok(true);
                }
                out.number.clear();
                out.number.extend_from_slice(number);
            }
        }
        watch.row();
        let entered = row.map_err(Reason::from).and_then(|()| enter(rows, layout, places, sku, out));
        match entered {
            Ok(true) if layout.order.is_none() => return Ok(true),
            Ok(true) => {}
            Ok(false) => watch.cancelled(),
            Err(reason) => watch.reject(rows.line(), reason, rows.raw())?,
        }
    }
    Ok(!out.lines.is_empty())
}

/// Adds the current row to the order; `false` when the row is cancelled.
#[inline]
fn enter<R: Read>(
    rows: &Rows<R>,
    layout: &Layout,
    places: &Places,
    sku: &mut impl FnMut(&[u8]) -> Option<SkuId>,
    out: &mut Found,
) -> Result<bool, Reason> {
    if rows.cells_count() < layout.cells {
        return Err(Reason::MissingColumns);
    }
    let cell = |column: Option<usize>| column.map(|column| rows.cell(column).unwrap_or(b""));
    if cell(layout.cancelled).is_some_and(|cell| layout.cancelled_values.iter().any(|value| value == cell)) {
        return Ok(false);
    }
    if layout.order.is_some() && out.number.is_empty() {
        return Err(Reason::MissingOrder);
    }
    let first = out.lines.is_empty();
    if first {
        out.time = layout.format.read(rows.cell(layout.time).unwrap_or(b"")).ok_or(Reason::BadTime)?;
    }
    let quantity = cell(layout.quantity).map_or(Some(1), number::quantity).ok_or(Reason::BadQuantity)?;
    let money = |cell| number::money(cell, layout.point).or_else(|| number::money(cell, b'.'));
    let value = match (cell(layout.value), cell(layout.price)) {
        (Some(value), _) => money(value).ok_or(Reason::BadPrice)?,
        (None, Some(price)) => money(price).ok_or(Reason::BadPrice)? * i64::from(quantity),
        (None, None) => Money::ZERO,
    };
    let sku = match cell(layout.sku) {
        None => DRAWN,
        Some(b"") => return Err(Reason::MissingSku),
        Some(name) => sku(name).ok_or(Reason::UnknownSku)?,
    };
    add(&mut out.lines, FoundLine { sku, quantity, value })?;
    if first {
        out.offset = rows.offset();
        out.customer = cell(layout.customer).filter(|name| !name.is_empty()).map(key);
        out.zone = cell(layout.place).and_then(|place| places.find(place));
    }
    Ok(true)
}

#[inline]
fn add(lines: &mut Vec<FoundLine>, line: FoundLine) -> Result<(), Reason> {
    let same = lines.iter_mut().find(|held| held.sku == line.sku && line.sku != DRAWN);
    if let Some(held) = same {
        let quantity = held.quantity + line.quantity;
        if MAX_LINE_QUANTITY < quantity {
            return Err(Reason::OrderTooLarge);
        }
        (held.quantity, held.value) = (quantity, held.value + line.value);
        return Ok(());
    }
    if MAX_LINES <= lines.len() {
        return Err(Reason::OrderTooLarge);
    }
    lines.push(line);
    Ok(())
}
