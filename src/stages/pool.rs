//! A pool: tokens that are no order and no trip. A slot goes with a generation, so the token of one that ended finds
//! nothing, whatever has its slot now.

use super::trip::Column;
use crate::domain::Handle;

#[derive(Debug)]
pub struct Pool<T> {
    rows: Column<(u32, T)>,
    made: u32,
    free: Vec<u32>,
}

impl<T: Copy + Default> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { rows: Column::default(), made: 0, free: Vec::new() }
    }
}

impl<T: Copy + Default> Pool<T> {
    pub fn begin(&mut self, row: T) -> Handle {
        let (slot, generation) = match self.free.pop() {
            Some(slot) => (slot, self.rows.get(Handle::new(slot, 0)).0),
            None => {
                self.made += 1;
                (self.made - 1, 0)
            }
        };
        let token = Handle::new(slot, generation);
        self.rows.put(token, (generation, row));
        token
    }

    pub fn end(&mut self, token: Handle) {
        let row = self.rows.get(token);
        row.0 = Handle::new(0, row.0 + 1).generation();
        self.free.push(token.slot());
    }

    /// `None` once it has ended.
    pub fn live(&mut self, token: Handle) -> Option<&mut T> {
        let row = self.rows.get(token);
        (row.0 == token.generation()).then_some(&mut row.1)
    }

    pub fn get(&mut self, token: Handle) -> &mut T {
        self.live(token).expect("a token that goes on")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_ended_finds_nothing() {
        let mut pool = Pool::<u32>::default();
        let one = pool.begin(7);
        pool.end(one);
        let two = pool.begin(8);
        assert_eq!(one.slot(), two.slot());
        assert_eq!(pool.live(one), None);
        assert_eq!(pool.live(two).copied(), Some(8));
    }
}
