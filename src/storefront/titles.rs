//! The catalog's text: for each SKU a title of a few words, its brand, its category, its price band.
//!
//! # Why titles are made
//! No scenario writes 100,000 titles. A title hangs on the SKU's number alone, so that a longer catalog begins with
//! the titles of the shorter one, and what a shopper types is taken from the title of what they want.

use crate::domain::SkuId;
use crate::kernel::draw::{Draw, Purpose};

use super::words::*;

/// Words of the longest title.
pub const MOST_WORDS: usize = 8;
/// No word.
pub const NO_WORD: u16 = u16::MAX;
pub const DEPARTMENTS_COUNT: usize = DEPARTMENTS.len();
pub const LEAVES: usize = DEPARTMENTS_COUNT * 8;
pub const BANDS: usize = 8;
pub const BRANDS: usize = BRAND_STARTS.len() * BRAND_ENDS.len();

const WORDS: Purpose = Purpose::named("title words");

/// What is written about one SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Title {
    /// In the order of the title; `NO_WORD` beyond its end.
    pub words: [u16; MOST_WORDS],
    pub len: u8,
    /// Where the noun of the category stands.
    pub noun: u8,
    /// A leaf of the category tree; its department is `leaf / 8`.
    pub leaf: u8,
    /// The cheapest eighth of the catalog is band 0.
    pub band: u8,
    pub brand: u16,
}

/// All titles, and the words they are made of.
#[derive(Debug, Clone)]
pub struct Titles {
    words: Vec<String>,
    /// By word: the first of the words that name the same thing.
    concepts: Vec<u16>,
    /// By word: another word that names the same thing.
    others: Vec<u16>,
    rows: Vec<Title>,
}

impl Titles {
    /// One title a SKU; `prices` in minor units, by SKU.
    pub fn new(prices: &[i64]) -> Titles {
        let mut book = Book::default();
        let tables = Tables::new(&mut book);
        let bounds = band_bounds(prices);
        let draw = Draw::new(0, 0);
        let row = |(sku, &price): (usize, &i64)| {
            let title = tables.title(draw, sku as u64);
            Title { band: bounds.partition_point(|&bound| bound < price) as u8, ..title }
        };
        let rows = prices.iter().enumerate().map(row).collect();
        Titles { words: book.words, concepts: book.concepts, others: book.others, rows }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    #[inline]
    pub fn title(&self, sku: SkuId) -> &Title {
        &self.rows[sku.index()]
    }

    pub fn rows(&self) -> &[Title] {
        &self.rows
    }

    pub fn word(&self, word: u16) -> &str {
        &self.words[usize::from(word)]
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The first word that names the same thing.
    pub fn concept(&self, word: u16) -> u16 {
        self.concepts[usize::from(word)]
    }

    /// Another word for the same thing, or the word itself.
    pub fn other(&self, word: u16) -> u16 {
        self.others[usize::from(word)]
    }

    /// As a person reads it.
    pub fn text(&self, sku: SkuId) -> String {
        let title = self.title(sku);
        let words = title.words[..usize::from(title.len)].iter().map(|&word| self.word(word));
        words.collect::<Vec<_>>().join(" ")
    }
}

#[derive(Default)]
struct Book {
    words: Vec<String>,
    concepts: Vec<u16>,
    others: Vec<u16>,
}

impl Book {
    /// Words that name the same thing, the first of them first.
    fn add(&mut self, same: &[&str]) -> u16 {
        let first = self.words.len() as u16;
        for (place, word) in same.iter().enumerate() {
            self.words.push((*word).to_owned());
            self.concepts.push(first);
            self.others.push(first + ((place + 1) % same.len()) as u16);
        }
        first
    }

    fn add_all(&mut self, words: &[&str]) -> Vec<u16> {
        words.iter().map(|word| self.add(&[word])).collect()
    }

    fn add_names(&mut self, starts: &[&str], ends: &[&str]) -> Vec<u16> {
        let names = starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}")));
        names.map(|name| self.add(&[&name])).collect()
    }
}

/// Word numbers by what they say.
struct Tables {
    brands: Vec<u16>,
    lines: Vec<u16>,
    colors: Vec<u16>,
    materials: Vec<u16>,
    styles: Vec<u16>,
    uses: Vec<u16>,
    /// By leaf: the first word of its noun, and how many there are.
    nouns: Vec<(u16, u16)>,
}

impl Tables {
    fn new(book: &mut Book) -> Tables {
        let nouns = DEPARTMENTS.iter().flat_map(|(_, nouns)| nouns).map(|noun| {
            let same: Vec<&str> = noun.split('/').collect();
            (book.add(&same), same.len() as u16)
        });
        let nouns = nouns.collect();
        Tables {
            nouns,
            brands: book.add_names(&BRAND_STARTS, &BRAND_ENDS),
            lines: book.add_names(&LINE_STARTS, &LINE_ENDS),
            colors: book.add_all(&COLORS),
            materials: book.add_all(&MATERIALS),
            styles: book.add_all(&STYLES),
            uses: book.add_all(&USES),
        }
    }

    /// Brand, line, style, color, material, noun, use: all titles have brand and noun, and two in three of each other.
    fn title(&self, draw: Draw, sku: u64) -> Title {
        let mut attempt = 0;
        let mut below = |count: usize| {
            attempt += 1;
            draw.below(WORDS, sku, attempt, count as u32) as usize
        };
        let (leaf, brand) = (below(LEAVES), below(BRANDS));
        let mut title = Title {
            words: [NO_WORD; MOST_WORDS],
            len: 0,
            noun: 0,
            leaf: leaf as u8,
            band: 0,
            brand: brand as u16,
        };
        let write = |title: &mut Title, word: u16| {
            title.words[usize::from(title.len)] = word;
            title.len += 1;
        };
        write(&mut title, self.brands[brand]);
        for words in [&self.lines, &self.styles, &self.colors, &self.materials] {
            let (there, word) = (below(3), words[below(words.len())]);
            if there < 2 {
                write(&mut title, word);
            }
        }
        title.noun = title.len;
        let (noun, names) = self.nouns[leaf];
        write(&mut title, noun + below(usize::from(names)) as u16);
        let (there, word) = (below(3), self.uses[below(self.uses.len())]);
        if there < 2 {
            write(&mut title, word);
        }
        title
    }
}

/// The prices that part the catalog in eight.
fn band_bounds(prices: &[i64]) -> Vec<i64> {
    let mut sorted = prices.to_vec();
    sorted.sort_unstable();
    (1..BANDS).filter_map(|band| sorted.get(sorted.len() * band / BANDS).copied()).collect()
}

/// The word for a department or, from `DEPARTMENTS_COUNT` on, a leaf.
pub fn category_name(node: usize) -> &'static str {
    match node.checked_sub(DEPARTMENTS_COUNT) {
        None => DEPARTMENTS[node].0,
        Some(leaf) => DEPARTMENTS[leaf / 8].1[leaf % 8],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_for_two_things() {
        let titles = Titles::new(&[100; 10]);
        let mut words = titles.words().to_vec();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), titles.words().len());
        assert!(1_000 < words.len() && words.len() < usize::from(NO_WORD));
    }

    #[test]
    fn a_longer_catalog_begins_with_the_titles_of_the_shorter_one() {
        let (short, long) = (Titles::new(&[100; 50]), Titles::new(&[100; 5_000]));
        assert!((0..50).all(|sku| short.text(SkuId(sku)) == long.text(SkuId(sku))));
        let lengths: Vec<u8> = long.rows().iter().map(|row| row.len).collect();
        assert_eq!((lengths.iter().min(), lengths.iter().max()), (Some(&2), Some(&7)));
    }

    #[test]
    fn bands_are_eighths_of_the_catalog() {
        let prices: Vec<i64> = (0..8_000).map(|sku| (sku * 7_919) % 8_000).collect();
        let titles = Titles::new(&prices);
        for band in 0..BANDS as u8 {
            let count = titles.rows().iter().filter(|row| row.band == band).count();
            assert!((990..=1_010).contains(&count), "band {band}: {count}");
        }
    }
}
