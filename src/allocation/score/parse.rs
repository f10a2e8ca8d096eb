//! The reader of formulas: precedence climbing from text to a stack program, with the place of a mistake.
//!
//! ```text
//!   loosest  < <= > >= == != (1 or 0)   + -   * /   unary -   ^   tightest
//!   functions: min(a, b, ...) max(a, b, ...) if(condition, then, else) abs floor ceil sqrt not
//! ```

use std::ops::Range;

use super::VARIABLES;
use super::program::{MOST_DEPTH, Op, push};

/// What is wrong with a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaFault {
    /// Bytes of the text.
    pub at: Range<usize>,
    pub message: String,
    /// The word that stands there, when it is a name that nobody knows; and what is known.
    pub unknown: Option<(String, Vec<&'static str>)>,
}

const FUNCTIONS: [(&str, Op, Range<usize>); 8] = [
    ("min", Op::Min, 2..9),
    ("max", Op::Max, 2..9),
    ("if", Op::If, 3..4),
    ("abs", Op::Absolute, 1..2),
    ("floor", Op::Floor, 1..2),
    ("ceil", Op::Ceil, 1..2),
    ("sqrt", Op::SquareRoot, 1..2),
    ("not", Op::Equal, 1..2),
];

pub fn parse(text: &str) -> Result<Vec<Op>, FormulaFault> {
    let mut reader = Reader { text, at: 0, ops: Vec::new(), nesting: 0 };
    reader.climb(0)?;
    if reader.peek().is_some() {
        return Err(reader.fault_here("an operator was expected here"));
    }
    let (mut depth, mut deepest) = (0usize, 0);
    for op in &reader.ops {
        depth = depth + 1 - op.takes();
        deepest = deepest.max(depth);
    }
    if MOST_DEPTH < deepest {
        return Err(reader.fault(0..text.len(), "the formula is nested too deep"));
    }
    Ok(reader.ops)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    ops: Vec<Op>,
    nesting: usize,
}

/// An operator between two values: its spelling, how tight it binds, what it does. Longer spellings first.
const OPERATORS: [(&str, u8, Op); 11] = [
    ("<=", 1, Op::LessOrEqual),
    (">=", 1, Op::GreaterOrEqual),
    ("==", 1, Op::Equal),
    ("!=", 1, Op::NotEqual),
    ("<", 1, Op::Less),
    (">", 1, Op::Greater),
    ("+", 2, Op::Add),
    ("-", 2, Op::Subtract),
    ("*", 3, Op::Multiply),
    ("/", 3, Op::Divide),
    ("^", POWER, Op::Power),
];
const POWER: u8 = 5;
const UNARY: u8 = 4;

impl Reader<'_> {
    fn fault(&self, at: Range<usize>, message: &str) -> FormulaFault {
        FormulaFault { at, message: message.to_owned(), unknown: None }
    }

    fn fault_here(&self, message: &str) -> FormulaFault {
        let len = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        self.fault(self.at..self.at + len, message)
    }

    /// The next character behind blanks.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn word(&self) -> &str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    }

    fn operator(&mut self) -> Option<(&'static str, u8, Op)> {
        self.peek()?;
        let rest = &self.text[self.at..];
        OPERATORS.into_iter().find(|operator| rest.starts_with(operator.0))
    }

    /// A value and all operators behind it that bind at least as tight as `least`.
    fn climb(&mut self, least: u8) -> Result<(), FormulaFault> {
        self.nesting += 1;
        if 2 * MOST_DEPTH < self.nesting {
            return Err(self.fault_here("the formula is nested too deep"));
        }
        self.value()?;
        while let Some((spelling, tight, op)) = self.operator() {
            if tight < least {
                break;
            }
            self.at += spelling.len();
            // Powers bind to the right, everything else to the left.
            self.climb(if tight == POWER { tight } else { tight + 1 })?;
            push(&mut self.ops, op);
        }
        self.nesting -= 1;
        Ok(())
    }

    fn value(&mut self) -> Result<(), FormulaFault> {
        match self.peek() {
            None => Err(self.fault_here("the formula ends where a value was expected")),
            Some('(') => {
                self.at += 1;
                self.climb(0)?;
                self.expect(')')
            }
            Some('-') => {
                self.at += 1;
                self.climb(UNARY)?;
                push(&mut self.ops, Op::Negate);
                Ok(())
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.name(),
            Some(_) => Err(self.fault_here("a number, a name or a bracket was expected here")),
        }
    }

    fn expect(&mut self, wanted: char) -> Result<(), FormulaFault> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault_here(&format!("\"{wanted}\" was expected here")))
    }

    fn number(&mut self) -> Result<(), FormulaFault> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
        match rest[..end].parse::<f64>() {
            Ok(value) => {
                self.at += end;
                push(&mut self.ops, Op::Number(value));
                Ok(())
            }
            Err(_) => Err(self.fault(self.at..self.at + end, "this is no number")),
        }
    }

    fn name(&mut self) -> Result<(), FormulaFault> {
        let word = self.word().to_owned();
        let at = self.at..self.at + word.len();
        self.at = at.end;
        if self.peek() == Some('(') {
            return self.call(&word, at);
        }
        match VARIABLES.iter().position(|variable| variable.0 == word) {
            Some(slot) => {
                push(&mut self.ops, Op::Variable(slot as u8));
                Ok(())
            }
            None => {
                let known = VARIABLES.iter().map(|variable| variable.0).collect();
                Err(FormulaFault {
                    at,
                    message: format!("unknown variable \"{word}\""),
                    unknown: Some((word, known)),
                })
            }
        }
    }

    fn call(&mut self, word: &str, at: Range<usize>) -> Result<(), FormulaFault> {
        let Some((_, op, wanted)) = FUNCTIONS.into_iter().find(|function| function.0 == word) else {
            let known = FUNCTIONS.iter().map(|function| function.0).collect();
            let message = format!("unknown function \"{word}\"");
            return Err(FormulaFault { at, message, unknown: Some((word.to_owned(), known)) });
        };
        self.at += 1;
        let mut count = 0;
        loop {
            self.climb(0)?;
            count += 1;
            // min and max take any number: pairwise from the left.
            if 1 < count && op.takes() == 2 && word != "not" {
                push(&mut self.ops, op);
            }
            if self.peek() != Some(',') {
                break;
            }
            self.at += 1;
        }
        self.expect(')')?;
        if !wanted.contains(&count) {
            let wanted = if 8 < wanted.end { "2 or more".into() } else { wanted.start.to_string() };
            return Err(self.fault(at, &format!("\"{word}\" takes {wanted} arguments, here are {count}")));
        }
        match word {
            "not" => {
                push(&mut self.ops, Op::Number(0.0));
                push(&mut self.ops, Op::Equal);
            }
            "min" | "max" => {}
            _ => push(&mut self.ops, op),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Formula;
    use super::*;

    /// `km` is 7, every other variable 0.
    fn check(text: &str, expect: f64) {
        let mut slots = [0.0; VARIABLES.len()];
        slots[3] = 7.0;
        let formula = Formula::compile(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        assert_eq!(formula.evaluate(&slots), expect, "{text}");
    }

    #[test]
    fn formulas() {
        check("1 + 2 * 3 - 4 / 8", 6.5);
        check("(1 + 2) * -3", -9.0);
        check("-2 ^ 2", -4.0); // a power binds tighter than a sign
        check("2 ^ 3 ^ 2", 512.0); // and to the right
        check("10 - 4 - 3", 3.0);
        check("km + 0.5*km", 10.5);
        check("if(km > 5, 1, 2) + if(km >= 8, 10, 20)", 21.0);
        check("min(km, 3, 9) + max(1, km)", 10.0);
        check("abs(-3) + floor(2.7) + ceil(2.1) + sqrt(16)", 12.0);
        check("not(km) + (km == 7) + (km != 7)", 1.0);
        check("1.5 < km", 1.0);
        check("1e3 + .5", 1_000.5);
        check("free - km", -7.0);
    }

    #[test]
    fn constants_are_folded() {
        assert_eq!(parse("2 * (3 + 4)").unwrap(), [Op::Number(14.0)]);
        assert_eq!(parse("km * (60 * 60)").unwrap(), [Op::Variable(3), Op::Number(3_600.0), Op::Multiply]);
        assert_eq!(parse("if(1, 2, 3)").unwrap(), [Op::Number(2.0)]);
    }

    fn fault(text: &str, at: Range<usize>, said: &str) {
        let fault = parse(text).expect_err(text);
        assert_eq!((fault.at.clone(), fault.message.contains(said)), (at, true), "{text}: {fault:?}");
    }

    #[test]
    fn mistakes_have_a_place() {
        fault("1 + kmm", 4..7, "unknown variable \"kmm\"");
        fault("1 + mni(2, 3)", 4..7, "unknown function \"mni\"");
        fault("(1 + 2", 6..6, "\")\" was expected");
        fault("1 + ", 4..4, "ends where a value");
        fault("1 2", 2..3, "an operator was expected");
        fault("if(1, 2)", 0..2, "takes 3 arguments, here are 2");
        fault("1.2.3", 0..5, "no number");
        fault("km & 2", 3..4, "an operator was expected");
        fault("km + \u{e9}", 5..7, "a number, a name or a bracket");
        let deep = "(".repeat(200) + "1" + &")".repeat(200);
        assert!(parse(&deep).unwrap_err().message.contains("too deep"));
        let wide = "km + (".repeat(40) + "km" + &")".repeat(40);
        assert!(parse(&wide).unwrap_err().message.contains("too deep"));
    }
}
