//! Facets: which SKUs stand in a category, at a price, under a brand, and how many.
//!
//! # Why lists for some and bitmaps for others
//! A page of a leaf of the category tree, in a price band or in any, is a piece of a list, wherever it begins; so is that
//! of a brand, which holds some two hundred of 100,000 SKUs. Departments and price bands hold thousands and meet as bits,
//! 64 SKUs at once.

use crate::domain::SkuId;

use super::titles::{BANDS, BRANDS, DEPARTMENTS_COUNT, LEAVES, Titles};

/// What a shopper asks the list to hold; `None` asks for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// A node of the category tree: a department, or from `DEPARTMENTS_COUNT` on a leaf.
    pub category: Option<u8>,
    pub band: Option<u8>,
    pub brand: Option<u16>,
}

#[derive(Debug, Clone, Copy)]
struct Facts {
    leaf: u8,
    band: u8,
    brand: u16,
}

#[derive(Debug, Clone)]
pub struct Facets {
    rows: Vec<Facts>,
    /// A bit a SKU, by node of the category tree.
    categories: Vec<Vec<u64>>,
    bands: Vec<Vec<u64>>,
    /// SKUs by brand, by leaf, and by leaf and price band; ascending.
    brands: Vec<Vec<u32>>,
    leaves: Vec<Vec<u32>>,
    shelves: Vec<Vec<u32>>,
}

impl Filter {
    pub const fn leaf(leaf: u8) -> Filter {
        Filter { category: Some(DEPARTMENTS_COUNT as u8 + leaf), band: None, brand: None }
    }
}

impl Facets {
    pub fn new(titles: &Titles) -> Facets {
        let words = titles.len().div_ceil(64);
        let mut categories = vec![vec![0u64; words]; DEPARTMENTS_COUNT + LEAVES];
        let mut bands = vec![vec![0u64; words]; BANDS];
        let mut brands = vec![Vec::new(); BRANDS];
        let mut leaves = vec![Vec::new(); LEAVES];
        let mut shelves = vec![Vec::new(); LEAVES * BANDS];
        for (sku, title) in titles.rows().iter().enumerate() {
            let leaf = usize::from(title.leaf);
            for bits in [&mut categories[leaf / 8], &mut bands[usize::from(title.band)]] {
                bits[sku / 64] |= 1 << (sku % 64);
            }
            categories[DEPARTMENTS_COUNT + leaf][sku / 64] |= 1 << (sku % 64);
            brands[usize::from(title.brand)].push(sku as u32);
            leaves[leaf].push(sku as u32);
            shelves[leaf * BANDS + usize::from(title.band)].push(sku as u32);
        }
        let facts =
            |title: &super::titles::Title| Facts { leaf: title.leaf, band: title.band, brand: title.brand };
        let rows = titles.rows().iter().map(facts).collect();
        Facets { rows, categories, bands, brands, leaves, shelves }
    }

    /// All that the filter leaves, where there is a list of it.
    fn shelf(&self, filter: &Filter) -> Option<&[u32]> {
        let leaf = usize::from(filter.category?.checked_sub(DEPARTMENTS_COUNT as u8)?);
        match (filter.band, filter.brand) {
            (None, None) => Some(&self.leaves[leaf]),
            (Some(band), None) => Some(&self.shelves[leaf * BANDS + usize::from(band)]),
            (_, Some(_)) => None,
        }
    }

    /// Whether a SKU is what the filter asks for.
    #[inline]
    pub fn holds(&self, sku: SkuId, filter: &Filter) -> bool {
        if *filter == Filter::default() {
            return true;
        }
        let facts = self.rows[sku.index()];
        let node = |node: u8| match node.checked_sub(DEPARTMENTS_COUNT as u8) {
            None => facts.leaf / 8 == node,
            Some(leaf) => facts.leaf == leaf,
        };
        filter.category.is_none_or(node)
            && filter.band.is_none_or(|band| facts.band == band)
            && filter.brand.is_none_or(|brand| facts.brand == brand)
    }

    /// How many SKUs the filter leaves.
    pub fn count(&self, filter: &Filter) -> u32 {
        if let Some(shelf) = self.shelf(filter) {
            return shelf.len() as u32;
        }
        if let Some(brand) = filter.brand {
            let list = &self.brands[usize::from(brand)];
            return list.iter().filter(|&&sku| self.holds(SkuId(sku), filter)).count() as u32;
        }
        (0..self.rows.len().div_ceil(64)).map(|word| self.word(filter, word).count_ones()).sum()
    }

    /// A page of the list: SKUs that the filter leaves, ascending, `most` of them after the first `skip`.
    pub fn page(&self, filter: &Filter, skip: usize, most: usize, out: &mut Vec<SkuId>) {
        out.clear();
        if let Some(shelf) = self.shelf(filter) {
            return out.extend(shelf.iter().skip(skip).take(most).map(|&sku| SkuId(sku)));
        }
        if let Some(brand) = filter.brand {
            let list = self.brands[usize::from(brand)].iter().map(|&sku| SkuId(sku));
            out.extend(list.filter(|&sku| self.holds(sku, filter)).skip(skip).take(most));
            return;
        }
        let mut seen = 0;
        for place in 0..self.rows.len().div_ceil(64) {
            let mut word = self.word(filter, place);
            let here = word.count_ones() as usize;
            if seen + here <= skip {
                seen += here;
                continue;
            }
            while word != 0 {
                if out.len() == most {
                    return;
                }
                if skip <= seen {
                    out.push(SkuId(place as u32 * 64 + word.trailing_zeros()));
                }
                seen += 1;
                word &= word - 1;
            }
        }
    }

    /// 64 SKUs at once.
    #[inline]
    fn word(&self, filter: &Filter, place: usize) -> u64 {
        let left = self.rows.len() - place * 64;
        let all = if left < 64 { (1 << left) - 1 } else { u64::MAX };
        let category = filter.category.map_or(u64::MAX, |node| self.categories[usize::from(node)][place]);
        let band = filter.band.map_or(u64::MAX, |band| self.bands[usize::from(band)][place]);
        all & category & band
    }
}
