//! The index: which SKUs' titles answer a query best, by BM25.
//!
//! ```text
//! typed words -> known words (spelling) -> concepts (synonyms) -> postings, rarest first -> titles -> the best k
//! ```
//!
//! A title says each word once, so BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009,
//! eq. 3.15 with term frequency 1) is
//! `score = (k1 + 1) / (1 + k1 (1 - b + b length / mean length)) x sum of idf over the words found`, with
//! `idf = ln(1 + (N - n + 0.5) / (n + 0.5))`. Of equal scores the lower SKU comes first: the more popular one where
//! the catalog is sorted so.
//!
//! # Promises
//! - The answer is that of a scan of all titles, to the bit; no two threads, builds or platforms differ.
//! - A search allocates nothing once its buffers have grown.
//!
//! # Why titles are read beside the postings
//! Postings of the rarest words, or bits where a word is frequent (`sets`), tell who may be among the best k (MaxScore: Turtle and Flood, "Query evaluation:
//! strategies and optimizations", 1995); how good each one is stands in its title, 16 bytes that one comparison of
//! eight words searches. A title whose bound is no better than the k-th best ends the list, as those after it are
//! bounded alike and have higher numbers.
//!
//! # Why not a search crate
//! tantivy is a storage engine with 100 dependencies; the small crates (anda_db_tfs, embedsearch) keep postings in
//! hash maps by string, walk them in hash order and know neither facets nor SKU numbers.

use crate::domain::SkuId;

use super::facets::{Facets, Filter};
use super::sets::{Sets, in_at_least};
use super::spelling::Spelling;
use super::titles::{MOST_WORDS, NO_WORD, Title, Titles};

const K1: f64 = 1.2;
const B: f64 = 0.75;

/// One SKU that answers a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    pub score: f64,
    pub sku: SkuId,
}

/// What is asked: known words, how many of the words typed a title must hold, and where it must stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Concepts, in the order in which they were typed.
    pub terms: Vec<u16>,
    /// Words typed, unknown ones included.
    pub typed: usize,
    pub filter: Filter,
}

impl Query {
    /// Nothing asked yet, within a filter.
    pub fn clear(&mut self, filter: Filter) {
        self.terms.clear();
        self.typed = 0;
        self.filter = filter;
    }
}

/// A walk along the postings of the `place`-th rarest word.
struct Walk {
    place: usize,
    needed: usize,
    /// No title found from here on is worth more.
    bound: f64,
    most: usize,
}

/// Postings of all words, and what each title is worth.
#[derive(Debug, Clone)]
pub struct Index {
    /// By concept: where its postings begin; and the end of the last.
    starts: Vec<u32>,
    /// SKUs, ascending for each concept.
    postings: Vec<u32>,
    /// Of the frequent concepts.
    sets: Sets,
    idf: Vec<f64>,
    /// By SKU: the concepts of its title.
    rows: Vec<[u16; MOST_WORDS]>,
    /// By SKU: words of its title.
    lengths: Vec<u8>,
    /// By words of a title: the factor of BM25.
    norms: [f64; MOST_WORDS + 1],
    /// The largest of them that occurs.
    norm_max: f64,
    /// By word.
    concepts: Vec<u16>,
    spelling: Spelling,
    facets: Facets,
}

impl Index {
    /// With `synonyms`, words that name the same thing find each other's titles.
    pub fn new(titles: &Titles, synonyms: bool) -> Index {
        let words = titles.words().len();
        let concept = |word: usize| if synonyms { titles.concept(word as u16) } else { word as u16 };
        let concepts: Vec<u16> = (0..words).map(concept).collect();
        let row = |title: &Title| {
            title.words.map(|word| if word == NO_WORD { NO_WORD } else { concepts[usize::from(word)] })
        };
        let rows: Vec<[u16; MOST_WORDS]> = titles.rows().iter().map(row).collect();
        let lengths: Vec<u8> = titles.rows().iter().map(|title| title.len).collect();
        let mut written = vec![0u32; words];
        let mut counts = vec![0u32; words];
        for (title, row) in titles.rows().iter().zip(&rows) {
            title
                .words
                .iter()
                .filter(|&&word| word != NO_WORD)
                .for_each(|&word| written[usize::from(word)] += 1);
            row.iter().filter(|&&word| word != NO_WORD).for_each(|&word| counts[usize::from(word)] += 1);
        }
        let mut starts = vec![0u32; words + 1];
        for word in 0..words {
            starts[word + 1] = starts[word] + counts[word];
        }
        let mut next = starts.clone();
        let mut postings = vec![0u32; starts[words] as usize];
        for (sku, row) in rows.iter().enumerate() {
            for &word in row.iter().filter(|&&word| word != NO_WORD) {
                let place = &mut next[usize::from(word)];
                postings[*place as usize] = sku as u32;
                *place += 1;
            }
        }
        let lists = starts.windows(2).map(|ends| &postings[ends[0] as usize..ends[1] as usize]);
        let sets = Sets::new(rows.len(), lists);
        let all = rows.len() as f64;
        let idf = |&count: &u32| libm::log(1.0 + (all - f64::from(count) + 0.5) / (f64::from(count) + 0.5));
        let mean = lengths.iter().map(|&length| f64::from(length)).sum::<f64>() / all.max(1.0);
        let norm = |words: usize| (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * words as f64 / mean.max(1.0)));
        let norms = std::array::from_fn(norm);
        let shortest = lengths.iter().copied().min().unwrap_or(0);
        Index {
            idf: counts.iter().map(idf).collect(),
            norm_max: norm(usize::from(shortest)),
            spelling: Spelling::new(titles.words(), &written),
            facets: Facets::new(titles),
            sets,
            starts,
            postings,
            rows,
            lengths,
            norms,
            concepts,
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn facets(&self) -> &Facets {
        &self.facets
    }

    pub fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    /// In how many titles a concept stands.
    pub fn count(&self, term: u16) -> u32 {
        self.starts[usize::from(term) + 1] - self.starts[usize::from(term)]
    }

    pub fn idf(&self, term: u16) -> f64 {
        self.idf[usize::from(term)]
    }

    /// Adds a word that is typed to a query: as it is, as the word that was meant, or as one that nobody knows.
    #[inline]
    pub fn typed(&self, word: &str, query: &mut Query) {
        self.typed_word(self.spelling.meant(word), query);
    }

    /// As `typed`, for a word whose number is known, or for one that nobody knows.
    #[inline]
    pub fn typed_word(&self, word: Option<u16>, query: &mut Query) {
        let term = word.map(|word| self.concepts[usize::from(word)]);
        // Said twice is said once.
        if term.is_some_and(|term| query.terms.contains(&term)) {
            return;
        }
        query.typed += 1;
        query.terms.extend(term);
    }

    /// The best `most` titles that hold two thirds of the words typed, rounded up; none where so many are not known.
    pub fn search(&self, query: &mut Query, most: usize, hits: &mut Vec<Hit>) {
        hits.clear();
        let needed = (2 * query.typed).div_ceil(3).max(1);
        let terms = &mut query.terms;
        // Rarest first.
        terms.sort_unstable_by(|&a, &b| self.count(a).cmp(&self.count(b)).then(a.cmp(&b)));
        for place in 0..terms.len() {
            // Those who hold none of the words before hold at most these.
            if terms.len() - place < needed || most == 0 {
                return;
            }
            let rest: f64 = terms[place..].iter().fold(0.0, |sum, &term| sum + self.idf(term));
            let walk = Walk { place, needed, bound: self.norm_max * rest, most };
            self.walk(terms, &query.filter, &walk, hits);
        }
    }

    /// All titles that hold one word and none of those before it.
    fn walk(&self, terms: &[u16], filter: &Filter, walk: &Walk, hits: &mut Vec<Hit>) {
        match self.sets.of(terms[walk.place]) {
            Some(own) if terms.len() <= MOST_WORDS => self.walk_set(own, terms, filter, walk, hits),
            _ => self.walk_list(terms, filter, walk, hits),
        }
    }

    fn walk_list(&self, terms: &[u16], filter: &Filter, walk: &Walk, hits: &mut Vec<Hit>) {
        let term = usize::from(terms[walk.place]);
        let list = &self.postings[self.starts[term] as usize..self.starts[term + 1] as usize];
        for &sku in list {
            if walk.is_over(sku, hits) {
                return;
            }
            self.look(sku, terms, filter, walk, hits);
        }
    }

    /// The words after a frequent one are as frequent: all of them have sets.
    fn walk_set(&self, own: &[u64], terms: &[u16], filter: &Filter, walk: &Walk, hits: &mut Vec<Hit>) {
        let (before, after) = (&terms[..walk.place], &terms[walk.place + 1..]);
        let sets = |terms: &[u16]| -> ([&[u64]; MOST_WORDS], usize) {
            let mut sets: [&[u64]; MOST_WORDS] = [&[]; MOST_WORDS];
            let mut count = 0;
            for set in terms.iter().filter_map(|&term| self.sets.of(term)) {
                sets[count] = set;
                count += 1;
            }
            (sets, count)
        };
        let ((before, seen), (after, others)) = (sets(before), sets(after));
        for (place, &word) in own.iter().enumerate() {
            let first = 64 * place as u32;
            if walk.is_over(first, hits) {
                return;
            }
            let enough = in_at_least(walk.needed - 1, after[..others].iter().map(|set| set[place]));
            let mut left = before[..seen].iter().fold(word & enough, |left, set| left & !set[place]);
            while left != 0 {
                self.look(first + left.trailing_zeros(), terms, filter, walk, hits);
                left &= left - 1;
            }
        }
    }

    /// One title that holds the word.
    #[inline]
    fn look(&self, sku: u32, terms: &[u16], filter: &Filter, walk: &Walk, hits: &mut Vec<Hit>) {
        let (sku, place) = (SkuId(sku), walk.place);
        let row = &self.rows[sku.index()];
        if terms[..place].iter().any(|term| row.contains(term)) || !self.facets.holds(sku, filter) {
            return;
        }
        let (mut found, mut sum) = (1, self.idf(terms[place]));
        for term in terms[place + 1..].iter().filter(|term| row.contains(term)) {
            found += 1;
            sum += self.idf(*term);
        }
        if walk.needed <= found {
            let score = self.norms[usize::from(self.lengths[sku.index()])] * sum;
            take(hits, walk.most, Hit { score, sku });
        }
    }
}

impl Walk {
    /// Whether no title from this SKU on is among the best.
    #[inline]
    fn is_over(&self, sku: u32, hits: &[Hit]) -> bool {
        let best = Hit { score: self.bound, sku: SkuId(sku) };
        hits.len() == self.most && !is_before(&best, &hits[self.most - 1])
    }
}

#[inline]
fn is_before(a: &Hit, b: &Hit) -> bool {
    b.score < a.score || (b.score == a.score && a.sku < b.sku)
}

/// Keeps the best few in order.
#[inline]
fn take(hits: &mut Vec<Hit>, most: usize, hit: Hit) {
    if hits.len() == most {
        if !is_before(&hit, &hits[most - 1]) {
            return;
        }
        hits.pop();
    }
    let mut place = hits.len();
    hits.push(hit);
    while 0 < place && is_before(&hit, &hits[place - 1]) {
        hits[place] = hits[place - 1];
        place -= 1;
    }
    hits[place] = hit;
}
