//! Catalog, basket, stock.

use std::collections::HashSet;
use std::path::Path;

use crate::domain::{HandlingClass, Sku};
use crate::scenario::section::Section;
use crate::scenario::spec::{Basket, CatalogRow, CatalogSource, Receipt, ReserveAt, Stock, StockRow};
use crate::scenario::table::{Row, Table, resolve};
use crate::scenario::unit::{self, span, to_money};

const CLASSES: [&str; 4] = ["standard", "cold", "hazmat", "oversize"];
/// Units that one cell of the stock map can count.
const MOST_UNITS: f64 = 268_435_455.0;

pub fn catalog(top: &Section<'_>) -> (CatalogSource, Vec<CatalogRow>) {
    let chosen = top.one_of("catalog");
    let Some((variant, map)) = chosen else {
        return (CatalogSource::FromReplay { weight_g: 1, volume_ml: 1 }, Vec::new());
    };
    match variant {
        "synthetic" => (synthetic(&map.section("synthetic")), Vec::new()),
        "file" => {
            let file = resolve(map.desk, map.place_of("file"), &map.text("file"));
            let rows = catalog_rows(&map, &file);
            (CatalogSource::File(file), rows)
        }
        "from-replay" => {
            let keys = map.section("from-replay");
            let (weight_g, volume_ml) = (keys.mass_g("weight") as u32, keys.volume_ml("volume") as u32);
            if !top.has("replay") && top.desk.sound(&["replay"]) {
                top.report(
                    "E0210",
                    "catalog",
                    "\"from-replay\" takes SKUs from a replay file, and there is no replay".into(),
                    "write catalog: {synthetic: {skus: 1000}}",
                );
            }
            (CatalogSource::FromReplay { weight_g, volume_ml }, Vec::new())
        }
        _ => unreachable!("catalog \"{variant}\" is in the key table and has no reader"),
    }
}

fn synthetic(keys: &Section<'_>) -> CatalogSource {
    let shares = keys.section("classes");
    let classes: Vec<(HandlingClass, f64)> = [
        (HandlingClass::Cold, shares.share("cold")),
        (HandlingClass::Hazmat, shares.share("hazmat")),
        (HandlingClass::Oversize, shares.share("oversize")),
    ]
    .into_iter()
    .filter(|class| 0.0 < class.1)
    .collect();
    let sum: f64 = classes.iter().map(|class| class.1).sum();
    if 1.0 + 1e-9 < sum {
        let message = format!("the classes add up to {:.0}%", sum * 100.0);
        keys.report("E0308", "classes", message, "at most 100%; the rest is standard");
    }
    CatalogSource::Synthetic {
        skus: keys.count("skus"),
        skew: keys.number("skew"),
        hot_share: keys.share("hot-share"),
        price_median: keys.money("price-median"),
        price_sigma: keys.number("price-sigma"),
        weight_median_g: keys.mass_g("weight-median"),
        weight_sigma: keys.number("weight-sigma"),
        volume_ml_per_g: keys.volume_ml("volume-per-kg") / 1_000.0,
        classes,
    }
}

fn catalog_rows(map: &Section<'_>, file: &Path) -> Vec<CatalogRow> {
    let mut rows: Vec<CatalogRow> = Vec::new();
    let mut names = HashSet::new();
    let (must, may) = (["sku", "price", "weight_g"], ["volume_ml", "longest_mm", "class", "popularity"]);
    let Some(table) = Table::open(map.desk, map.place_of("file"), file, &must, &may) else { return rows };
    table.rows(|row| {
        let class = HandlingClass::ALL[row.word("class", &CLASSES)];
        let sku = row.name("sku");
        let price = row.number("price", unit::money, 0.0, 1e14);
        let weight = row.number("weight_g", unit::number, 0.0, 1e8);
        let volume = row.measured("volume_ml", unit::number, 0.0, 1e9);
        let longest = row.measured("longest_mm", unit::number, 1.0, 1e6);
        let popularity = row.measured("popularity", unit::number, 0.0, 1e12).unwrap_or(1.0);
        let (Some(sku), Some(price), Some(weight)) = (sku, price, weight) else { return };
        if !names.insert(sku.clone()) {
            row.wrong(
                "E0209",
                "sku",
                format!("SKU \"{sku}\" stands twice"),
                "keep one row of the two".into(),
            );
        }
        let volume_ml = volume.unwrap_or(weight * 4.0) as u32;
        rows.push(CatalogRow {
            sku,
            price: to_money(price),
            weight_g: weight as u32,
            volume_ml,
            longest_mm: longest.map_or(Sku::longest_of(volume_ml), |longest| longest as u32),
            class,
            popularity,
        });
    });
    if !rows.is_empty() && rows.iter().all(|row| row.popularity <= 0.0) {
        map.report(
            "E0301",
            "file",
            "the popularity of all SKUs adds up to zero".into(),
            "give at least one a popularity above 0",
        );
    }
    rows
}

pub fn basket(top: &Section<'_>) -> Basket {
    let keys = top.section("basket");
    Basket { lines: keys.weights("lines"), quantity: keys.weights("quantity") }
}

/// Which SKU names may be referred to.
pub(super) enum Skus<'c> {
    Drawn(u32),
    Named(HashSet<&'c str>),
    Any,
}

impl<'c> Skus<'c> {
    /// Those of a catalog that could be read; otherwise nothing is judged.
    pub(super) fn of(top: &Section<'_>, catalog: &CatalogSource, rows: &'c [CatalogRow]) -> Skus<'c> {
        match catalog {
            CatalogSource::Synthetic { skus, .. } if top.desk.sound(&["catalog"]) => Skus::Drawn(*skus),
            CatalogSource::File(_) if !rows.is_empty() => {
                Skus::Named(rows.iter().map(|row| row.sku.as_str()).collect())
            }
            _ => Skus::Any,
        }
    }

    pub(super) fn know(&self, name: &str) -> Result<(), String> {
        let known = match self {
            Skus::Any => true,
            Skus::Named(names) => names.contains(name),
            Skus::Drawn(count) => name
                .strip_prefix("SKU-")
                .filter(|digits| 6 <= digits.len())
                .and_then(|digits| digits.parse::<u32>().ok())
                .is_some_and(|number| (1..=*count).contains(&number)),
        };
        if known {
            return Ok(());
        }
        Err(match self {
            Skus::Drawn(count) => {
                format!(
                    "drawn SKUs are named {} to {}",
                    CatalogSource::synthetic_name(0),
                    CatalogSource::synthetic_name(count.saturating_sub(1))
                )
            }
            Skus::Named(names) => {
                let names: Vec<&str> = names.iter().copied().collect();
                crate::scenario::diagnostic::suggest(name, &names)
            }
            Skus::Any => String::new(),
        })
    }
}

pub fn stock(top: &Section<'_>, catalog: &CatalogSource, rows: &[CatalogRow]) -> (Stock, Vec<StockRow>) {
    let keys = top.section("stock");
    let skus = Skus::of(top, catalog, rows);
    let file = keys.maybe_text("file").map(|file| resolve(keys.desk, keys.place_of("file"), &file));
    let stock_rows = file.as_deref().map_or(Vec::new(), |file| stock_rows(&keys, file, &skus));
    let mut receipts: Vec<Receipt> = keys.items("receipts").iter().map(|item| receipt(item, &skus)).collect();
    let receipts_file = keys
        .maybe_text("receipts-file")
        .map(|file| resolve(keys.desk, keys.place_of("receipts-file"), &file));
    if let Some(file) = &receipts_file {
        receipts.extend(receipt_rows(&keys, file, &skus));
    }
    let stock = Stock {
        reserve_at: keys
            .word("reserve-at")
            .map_or(ReserveAt::Submit, |word| [ReserveAt::Submit, ReserveAt::Pay, ReserveAt::Allocate][word]),
        cover: keys.number("cover"),
        nodes_per_sku: keys.count("nodes-per-sku"),
        file,
        safety: keys.share("safety"),
        receipts,
        receipts_file,
        replenish: super::supply::replenish(&keys, &skus),
    };
    (stock, stock_rows)
}

fn receipt(item: &Section<'_>, skus: &Skus<'_>) -> Receipt {
    let receipt = Receipt {
        at: item.span("at"),
        node: item.reference("node"),
        sku: item.maybe_text("sku"),
        quantity: item.maybe_integer("quantity").map(|units| units as u32),
        share: item.maybe_share("share"),
    };
    if let Some(Err(help)) = receipt.sku.as_deref().map(|sku| skus.know(sku)) {
        item.report(
            "E0207",
            "sku",
            format!("unknown sku \"{}\"", unit::short(receipt.sku.as_deref().unwrap_or(""))),
            help,
        );
    }
    if item.has("quantity") == item.has("share") && !item.has_unknown() {
        let message = "a receipt has a quantity or a share, one of the two".to_string();
        item.desk.report("E0210", item.place(), message, "write quantity: 500, or share: 20%");
    }
    receipt
}

fn known_sku(row: &Row<'_>, skus: &Skus<'_>) -> Option<String> {
    let sku = row.name("sku")?;
    match skus.know(&sku) {
        Ok(()) => Some(sku),
        Err(help) => {
            row.wrong("E0207", "sku", format!("unknown sku \"{}\"", unit::short(&sku)), help);
            None
        }
    }
}

fn stock_rows(keys: &Section<'_>, file: &Path, skus: &Skus<'_>) -> Vec<StockRow> {
    let mut rows: Vec<StockRow> = Vec::new();
    let mut cells = HashSet::new();
    let place = keys.place_of("file");
    let Some(table) = Table::open(keys.desk, place, file, &["sku", "node", "quantity"], &[]) else {
        return rows;
    };
    let mut wrong = false;
    table.rows(|row| {
        let (sku, node) =
            (known_sku(row, skus), row.name("node").and_then(|_| row.reference("node", "node")));
        let quantity = row.number("quantity", unit::integer, 0.0, MOST_UNITS);
        let (Some(sku), Some(node), Some(quantity)) = (sku, node, quantity) else {
            wrong = true;
            return;
        };
        if !cells.insert((sku.clone(), node.clone())) {
            row.wrong(
                "E0209",
                "sku",
                format!("SKU \"{sku}\" at \"{node}\" stands twice"),
                "add the two quantities in one row".into(),
            );
        }
        rows.push(StockRow { sku, node, quantity: quantity as u32 });
    });
    if !wrong && rows.iter().all(|row| row.quantity == 0) {
        keys.report(
            "E0311",
            "file",
            "there is no unit of stock anywhere".into(),
            "write at least one quantity above 0",
        );
    }
    rows
}

fn receipt_rows(keys: &Section<'_>, file: &Path, skus: &Skus<'_>) -> Vec<Receipt> {
    let mut rows = Vec::new();
    let place = keys.place_of("receipts-file");
    let Some(table) = Table::open(keys.desk, place, file, &["at", "quantity"], &["node", "sku"]) else {
        return rows;
    };
    table.rows(|row| {
        let at = row.number("at", unit::seconds, 0.0, 3.2e8);
        let quantity = row.number("quantity", unit::integer, 1.0, MOST_UNITS);
        let sku = (!row.text("sku").is_empty()).then(|| known_sku(row, skus)).flatten();
        let node = row.reference("node", "node");
        let (Some(at), Some(quantity)) = (at, quantity) else { return };
        rows.push(Receipt { at: span(at), node, sku, quantity: Some(quantity as u32), share: None });
    });
    rows
}
