//! A compiled formula: a stack program over numbers, constants folded.

use super::VARIABLES;
use super::parse::{FormulaFault, parse};

/// Values on the stack at most; the parser refuses deeper formulas.
pub const MOST_DEPTH: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    Number(f64),
    Variable(u8),
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Min,
    Max,
    Power,
    Negate,
    Absolute,
    Floor,
    Ceil,
    SquareRoot,
    /// The second of three values where the first is not zero, else the third.
    If,
}

impl Op {
    /// How many values it takes.
    pub fn takes(self) -> usize {
        use Op::*;
        match self {
            Number(_) | Variable(_) => 0,
            Negate | Absolute | Floor | Ceil | SquareRoot => 1,
            If => 3,
            _ => 2,
        }
    }

    /// The value from the top three of the stack, topmost last.
    #[inline]
    fn apply(self, a: f64, b: f64, c: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Op::Number(value) => value,
            Op::Variable(_) => unreachable!("a variable takes no values"),
            Op::Add => b + c,
            Op::Subtract => b - c,
            Op::Multiply => b * c,
            Op::Divide => b / c,
            Op::Less => truth(b < c),
            Op::LessOrEqual => truth(b <= c),
            Op::Greater => truth(c < b),
            Op::GreaterOrEqual => truth(c <= b),
            Op::Equal => truth(b == c),
            Op::NotEqual => truth(b != c),
            Op::Min => b.min(c),
            Op::Max => b.max(c),
            Op::Power => libm::pow(b, c),
            Op::Negate => -c,
            Op::Absolute => c.abs(),
            Op::Floor => c.floor(),
            Op::Ceil => c.ceil(),
            Op::SquareRoot => c.sqrt(),
            Op::If => {
                if a != 0.0 {
                    b
                } else {
                    c
                }
            }
        }
    }
}

/// One formula over the variables of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    ops: Vec<Op>,
}

impl Formula {
    pub fn compile(text: &str) -> Result<Formula, FormulaFault> {
        Ok(Formula { ops: parse(text)? })
    }

    /// Bits of the variables that it names.
    pub fn named(&self) -> u32 {
        let variable = |op: &Op| if let Op::Variable(slot) = op { 1 << slot } else { 0 };
        self.ops.iter().map(variable).fold(0, |all, one| all | one)
    }

    #[inline]
    pub fn evaluate(&self, slots: &[f64; VARIABLES.len()]) -> f64 {
        let mut stack = [0.0; MOST_DEPTH + 2];
        // Two zeros below, so that every operation can look at three values.
        let mut top = 1;
        for &op in &self.ops {
            let value = match op {
                Op::Number(value) => value,
                Op::Variable(slot) => slots[usize::from(slot)],
                op => {
                    let value = op.apply(stack[top.max(2) - 2], stack[top - 1], stack[top]);
                    top -= op.takes();
                    value
                }
            };
            top += 1;
            stack[top] = value;
        }
        stack[top]
    }
}

/// Adds an operation; where all it takes are numbers, the number that it makes.
pub fn push(ops: &mut Vec<Op>, op: Op) {
    let takes = op.takes();
    let number = |op: &Op| if let Op::Number(value) = op { Some(*value) } else { None };
    let tail: Option<Vec<f64>> = ops[ops.len() - takes.min(ops.len())..].iter().map(number).collect();
    match tail {
        Some(values) if 0 < takes && values.len() == takes => {
            let at = |back: usize| takes.checked_sub(back).map_or(0.0, |at| values[at]);
            let value = op.apply(at(3), at(2), at(1));
            ops.truncate(ops.len() - takes);
            ops.push(Op::Number(value));
        }
        _ => ops.push(op),
    }
}
