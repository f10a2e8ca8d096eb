//! TOML texts into the tree.

use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::Finding;
use super::source::{Lines, Place};
use super::tree::{Budget, Entry, Node, Value};

pub fn read(text: &str, source: u32) -> Result<Rc<Node>, Vec<Finding>> {
    let lines = Lines::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let place = lines.place(source, error.span().unwrap_or(0..0));
        let help = Some("check quotes and brackets; TOML texts and units need quotes: \"90 s\"".into());
        let message = format!("this is not TOML: {}", error.message().lines().next().unwrap_or(""));
        vec![Finding { code: "E0105", place, message, read: None, help }]
    })?;
    let mut reader = Reader { lines: &lines, source, budget: Budget::default() };
    let place = lines.place(source, table.span());
    reader.table(table.get_ref(), place, 1).map_err(|finding| vec![finding])
}

struct Reader<'t> {
    lines: &'t Lines<'t>,
    source: u32,
    budget: Budget,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, place: Place, depth: usize) -> Result<Rc<Node>, Finding> {
        self.budget.take(1, depth, place)?;
        Budget::allow_keys(table.len(), place)?;
        let mut entries = Vec::new();
        for (key, value) in table.iter() {
            let place = self.lines.place(self.source, key.span());
            let node = self.value(value, depth + 1)?;
            entries.push(Entry { key: key.get_ref().to_string(), place, node });
        }
        // The crate hands keys out sorted; the planner wrote them in the order of their places.
        entries.sort_by_key(|entry| entry.place);
        Ok(Node::new(Value::Map(entries), place))
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Result<Rc<Node>, Finding> {
        let place = self.lines.place(self.source, value.span());
        self.budget.take(1, depth, place)?;
        let value = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, Place { len: 1, ..place }, depth),
            DeValue::Array(items) => {
                let items = items.iter().map(|item| self.value(item, depth + 1));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => Value::Text(number.to_string()),
            DeValue::Float(number) => Value::Text(number.to_string()),
            DeValue::Boolean(flag) => Value::Text(flag.to_string()),
            DeValue::Datetime(time) => Value::Text(time.to_string()),
        };
        Ok(Node::new(value, place))
    }
}
