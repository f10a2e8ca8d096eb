//! What is wrong with the demand a planner described: code, place, message, remedy.

use std::fmt;

/// One mistake of the planner, or of a file the planner named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable: `E05xx` belongs to this room.
    pub code: &'static str,
    /// A key of the scenario, or `file:line`.
    pub place: String,
    pub message: String,
    pub remedy: String,
}

impl Problem {
    pub fn new(
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem { code, place: place.into(), message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}  {}\n      {}", self.code, self.place, self.message, self.remedy)
    }
}

impl std::error::Error for Problem {}
