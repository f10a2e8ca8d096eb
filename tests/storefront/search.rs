//! Search, facets and spelling: equal to a look at every title and every word.

use std::collections::BTreeMap;

use ordermill::domain::SkuId;
use ordermill::kernel::draw::{Draw, Source};
use ordermill::storefront::facets::{Facets, Filter};
use ordermill::storefront::index::{Hit, Index, Query};
use ordermill::storefront::titles::{BANDS, BRANDS, DEPARTMENTS_COUNT, LEAVES, Title, Titles};

fn titles(skus: usize) -> Titles {
    let mut dice = Draw::new(9, 0).source("prices");
    Titles::new(&(0..skus).map(|_| 1 + (1_000.0 * dice.uniform()) as i64).collect::<Vec<_>>())
}

fn below(dice: &mut Source, count: usize) -> usize {
    (dice.uniform() * count as f64) as usize
}

fn filter(dice: &mut Source) -> Filter {
    let maybe = |dice: &mut Source, count: usize| (dice.uniform() < 0.3).then(|| below(dice, count));
    Filter {
        category: maybe(dice, DEPARTMENTS_COUNT + LEAVES).map(|node| node as u8),
        band: maybe(dice, BANDS).map(|band| band as u8),
        brand: maybe(dice, BRANDS).filter(|brand| brand % 3 == 0).map(|brand| brand as u16),
    }
}

fn fits(title: &Title, filter: &Filter) -> bool {
    let department = |node: u8| usize::from(node) < DEPARTMENTS_COUNT;
    let category = |node: u8| match department(node) {
        true => title.leaf / 8 == node,
        false => usize::from(title.leaf) + DEPARTMENTS_COUNT == usize::from(node),
    };
    filter.category.is_none_or(category)
        && filter.band.is_none_or(|band| band == title.band)
        && filter.brand.is_none_or(|brand| brand == title.brand)
}

/// BM25 of every title, from its words as strings.
struct Scan {
    titles: Vec<(Vec<String>, Title)>,
    counts: BTreeMap<String, f64>,
    /// Number of the word that stands for all that name the same thing: the order of equally rare words.
    numbers: BTreeMap<String, usize>,
}

impl Scan {
    fn new(titles: &Titles, synonyms: bool) -> Scan {
        let said = |word: &str| {
            let number = titles.words().iter().position(|known| known == word).unwrap();
            if synonyms { titles.word(titles.concept(number as u16)).to_owned() } else { word.to_owned() }
        };
        let one = |sku: u32| {
            let words = titles.text(SkuId(sku)).split(' ').map(said).collect();
            (words, *titles.title(SkuId(sku)))
        };
        let rows: Vec<(Vec<String>, Title)> = (0..titles.len() as u32).map(one).collect();
        let mut counts = BTreeMap::new();
        for word in rows.iter().flat_map(|row| &row.0) {
            *counts.entry(word.clone()).or_insert(0.0) += 1.0;
        }
        let numbers = titles.words().iter().cloned().zip(0..).collect();
        Scan { titles: rows, counts, numbers }
    }

    /// `words`: one for each thing asked for; `None` is a word that nobody knows.
    fn search(&self, words: &[Option<String>], filter: &Filter, most: usize) -> Vec<Hit> {
        let all = self.titles.len() as f64;
        let mean = self.titles.iter().map(|row| row.0.len() as f64).sum::<f64>() / all;
        let count = |word: &String| self.counts.get(word).copied().unwrap_or(0.0);
        let mut known: Vec<&String> = words.iter().flatten().collect();
        known.sort_by(|a, b| {
            count(a).total_cmp(&count(b)).then(self.numbers[a.as_str()].cmp(&self.numbers[b.as_str()]))
        });
        let needed = (2 * words.len()).div_ceil(3).max(1);
        let mut hits = Vec::new();
        for (sku, (title, facts)) in self.titles.iter().enumerate() {
            let held: Vec<_> = known.iter().filter(|word| title.contains(word)).collect();
            if held.len() < needed || !fits(facts, filter) {
                continue;
            }
            let idf = |word: &String| libm::log(1.0 + (all - count(word) + 0.5) / (count(word) + 0.5));
            let sum: f64 = held.iter().fold(0.0, |sum, word| sum + idf(word));
            let norm = 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * title.len() as f64 / mean));
            hits.push(Hit { score: norm * sum, sku: SkuId(sku as u32) });
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.sku.cmp(&b.sku)));
        hits.truncate(most);
        hits
    }
}

#[test]
fn search_finds_what_a_scan_of_all_titles_finds() {
    let titles = titles(3_000);
    let mut found = 0;
    for synonyms in [true, false] {
        let (index, scan) = (Index::new(&titles, synonyms), Scan::new(&titles, synonyms));
        let mut dice = Draw::new(1, 0).source("queries");
        let (mut query, mut hits) = (Query::default(), Vec::new());
        for _ in 0..3_000 {
            query.clear(filter(&mut dice));
            let mut asked: Vec<Option<String>> = Vec::new();
            let title = titles.text(SkuId(below(&mut dice, titles.len()) as u32));
            let own: Vec<&str> = title.split(' ').collect();
            for _ in 0..1 + below(&mut dice, 4) {
                let word = match below(&mut dice, 10) {
                    0 => "qqqqq".to_owned(),
                    1..=3 => titles.word(below(&mut dice, titles.words().len()) as u16).to_owned(),
                    _ => own[below(&mut dice, own.len())].to_owned(),
                };
                index.typed(&word, &mut query);
                let number = titles.words().iter().position(|known| *known == word);
                let said = number.map(|number| match synonyms {
                    true => titles.word(titles.concept(number as u16)).to_owned(),
                    false => word,
                });
                // What nobody knows counts each time; what is known counts once.
                if said.is_none() || !asked.contains(&said) {
                    asked.push(said);
                }
            }
            let most = [1, 3, 24, 500][below(&mut dice, 4)];
            index.search(&mut query, most, &mut hits);
            let exact = scan.search(&asked, &query.filter, most);
            assert_eq!(hits, exact, "{asked:?} {:?}", query.filter);
            found += hits.len();
        }
    }
    assert!(10_000 < found, "{found} hits prove little");
}

#[test]
fn a_synonym_finds_the_title_that_says_it_otherwise() {
    let titles = titles(2_000);
    let search = |synonyms: bool, word: &str| {
        let index = Index::new(&titles, synonyms);
        let (mut query, mut hits) = (Query::default(), Vec::new());
        index.typed(word, &mut query);
        index.search(&mut query, 2_000, &mut hits);
        hits.len()
    };
    assert_eq!(search(true, "sofa"), search(true, "couch"));
    assert_eq!(search(false, "sofa") + search(false, "couch"), search(true, "sofa"));
    assert!(0 < search(false, "sofa") && 0 < search(false, "couch"));
}

#[test]
fn facets_are_those_of_a_scan() {
    for skus in [1, 63, 64, 65, 3_000] {
        let titles = titles(skus);
        let facets = Facets::new(&titles);
        let mut dice = Draw::new(2, 0).source("filters");
        let mut page = Vec::new();
        for _ in 0..2_000 {
            let filter = filter(&mut dice);
            let all: Vec<SkuId> =
                (0..skus as u32).map(SkuId).filter(|&sku| fits(titles.title(sku), &filter)).collect();
            assert_eq!(facets.count(&filter) as usize, all.len(), "{filter:?}");
            let (skip, most) = (below(&mut dice, 40), below(&mut dice, 30));
            facets.page(&filter, skip, most, &mut page);
            let exact: Vec<SkuId> = all.into_iter().skip(skip).take(most).collect();
            assert_eq!(page, exact, "{filter:?} from {skip}, {most}");
        }
    }
}

/// The optimal string alignment distance, by its table.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if 1 < i && 1 < j && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(table[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    table[a.len()][b.len()]
}

#[test]
fn a_slip_finds_the_word_that_a_look_at_all_words_finds() {
    let titles = titles(2_000);
    let index = Index::new(&titles, true);
    let mut counts = vec![0u32; titles.words().len()];
    for row in titles.rows() {
        row.words[..usize::from(row.len)].iter().for_each(|&word| counts[usize::from(word)] += 1);
    }
    let mut dice = Draw::new(4, 0).source("slips");
    let (mut right, mut lost) = (0, 0);
    for _ in 0..1_500 {
        let mut typed = titles.word(below(&mut dice, titles.words().len()) as u16).as_bytes().to_vec();
        for _ in 0..1 + below(&mut dice, 2) {
            let (place, letter) = (below(&mut dice, typed.len()), b'a' + below(&mut dice, 26) as u8);
            match below(&mut dice, 4) {
                0 => typed[place] = letter,
                1 => typed.insert(place, letter),
                2 if 1 < typed.len() => {
                    typed.remove(place);
                }
                _ => {
                    let next = (place + 1) % typed.len();
                    typed.swap(place, next);
                }
            }
        }
        let near =
            titles.words().iter().enumerate().filter(|(_, word)| distance(&typed, word.as_bytes()) <= 1);
        let near: Vec<u16> = near.map(|(number, _)| number as u16).collect();
        let exact = near.iter().copied().find(|&word| titles.word(word).as_bytes() == typed).or_else(|| {
            near.iter().copied().max_by_key(|&word| (counts[usize::from(word)], std::cmp::Reverse(word)))
        });
        let typed = String::from_utf8(typed).unwrap();
        assert_eq!(index.spelling().meant(&typed), exact, "{typed}");
        right += usize::from(exact.is_some());
        lost += usize::from(exact.is_none());
    }
    assert!(600 < right && 100 < lost, "{right} and {lost}");
}
