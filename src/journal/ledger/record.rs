//! A record: one transition of orders or goods, and its one text.

use crate::domain::{
    Account, CartId, CustomerId, Handle, NodeId, OrderId, OrderState, SkuId, Step, StockMove, Subject,
    Transition,
};
use crate::kernel::time::Moment;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub number: u64,
    pub at: Moment,
    pub step: Step,
    pub subject: Subject,
    /// Each with its state before and after; nothing before a new order.
    pub orders: Vec<(OrderId, Option<OrderState>, OrderState)>,
    pub created: Vec<Handle>,
    pub moves: Vec<StockMove>,
}

/// Whether the ledger keeps it: coupons, points and carts that hold nothing are neither goods nor orders.
pub(super) fn is_kept(transition: &Transition) -> bool {
    !transition.moves.is_empty() || transition.changes().next().is_some()
}

/// Appends the canonical text.
pub(super) fn write(out: &mut Vec<u8>, number: u64, transition: &Transition) {
    out.extend(b"{\"n\":");
    push_number(out, number);
    out.extend(b",\"at\":");
    push_number(out, transition.at.0);
    out.extend(b",\"step\":\"");
    out.extend(transition.step.name().as_bytes());
    out.extend(b"\",\"subject\":\"");
    push_subject(out, transition.subject);
    out.extend(b"\",\"orders\":[");
    push_list(out, transition.changes(), |out, (id, _, from, to)| push_order(out, id, from, to));
    out.extend(b"],\"created\":[");
    push_list(out, &transition.created, |out, &handle| {
        out.push(b'"');
        push_handle(out, handle);
        out.push(b'"');
    });
    out.extend(b"],\"moves\":[");
    push_list(out, &transition.moves, push_move);
    out.extend(b"]}");
}

fn push_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut Vec<u8>, T),
) {
    for (place, item) in items.into_iter().enumerate() {
        if 0 < place {
            out.push(b',');
        }
        push(out, item);
    }
}

fn push_number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let (mut from, mut rest) = (digits.len(), number);
    loop {
        from -= 1;
        digits[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(&digits[from..]);
}

fn push_handle(out: &mut Vec<u8>, handle: Handle) {
    push_number(out, u64::from(handle.slot()));
    out.push(b'.');
    push_number(out, u64::from(handle.generation()));
}

fn push_subject(out: &mut Vec<u8>, subject: Subject) {
    out.extend(kind(subject).as_bytes());
    match subject {
        Subject::Order(handle) | Subject::Fulfillment(handle) | Subject::Parcel(handle) => {
            push_handle(out, handle);
        }
        Subject::Customer(id) => push_number(out, u64::from(id.0)),
        Subject::Cart(id) => push_number(out, id.0),
        Subject::Stock => {}
    }
}

/// The word of the subject, with a space where a number follows.
const fn kind(subject: Subject) -> &'static str {
    match subject {
        Subject::Order(_) => "order ",
        Subject::Fulfillment(_) => "fulfillment ",
        Subject::Parcel(_) => "parcel ",
        Subject::Stock => "stock",
        Subject::Customer(_) => "customer ",
        Subject::Cart(_) => "cart ",
    }
}

fn push_order(out: &mut Vec<u8>, id: OrderId, from: Option<OrderState>, to: OrderState) {
    out.push(b'[');
    push_number(out, id.0);
    match from {
        Some(from) => {
            out.extend(b",\"");
            out.extend(from.name().as_bytes());
            out.extend(b"\",\"");
        }
        None => out.extend(b",null,\""),
    }
    out.extend(to.name().as_bytes());
    out.extend(b"\"]");
}

fn push_move(out: &mut Vec<u8>, moved: &StockMove) {
    out.push(b'[');
    push_number(out, u64::from(moved.sku.0));
    out.push(b',');
    push_number(out, u64::from(moved.node.0));
    out.push(b',');
    push_number(out, u64::from(moved.quantity));
    out.extend(b",\"");
    out.extend(moved.from.name().as_bytes());
    out.extend(b"\",\"");
    out.extend(moved.to.name().as_bytes());
    out.extend(b"\"]");
}

/// Where a text stops being canonical: bytes before it, and what was to come there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub offset: usize,
    pub wanted: &'static str,
}

impl Record {
    /// Reads the canonical text and no other: `parse` and `write` are each other's inverse.
    pub fn parse(text: &[u8]) -> Result<Record, Unread> {
        let mut cursor = Cursor { text, at: 0 };
        let record = cursor.record()?;
        match cursor.at == text.len() {
            true => Ok(record),
            false => cursor.no("the end of the record"),
        }
    }

    pub fn concerns(&self, order: OrderId) -> bool {
        self.orders.iter().any(|own| own.0 == order)
    }
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn no<T>(&self, wanted: &'static str) -> Result<T, Unread> {
        Err(Unread { offset: self.at, wanted })
    }

    fn record(&mut self) -> Result<Record, Unread> {
        self.word("{\"n\":")?;
        let number = self.number()?;
        self.word(",\"at\":")?;
        let at = Moment(self.number()?);
        self.word(",\"step\":\"")?;
        let step = self.name(Step::ALL.iter().map(|&step| (step, step.name())), "the name of a step")?;
        self.word(",\"subject\":\"")?;
        let subject = self.subject()?;
        self.word("\",\"orders\":[")?;
        let orders = self.list(Cursor::order)?;
        self.word(",\"created\":[")?;
        let created = self.list(|cursor| {
            cursor.word("\"")?;
            let handle = cursor.handle()?;
            cursor.word("\"")?;
            Ok(handle)
        })?;
        self.word(",\"moves\":[")?;
        let moves = self.list(Cursor::moved)?;
        self.word("}")?;
        Ok(Record { number, at, step, subject, orders, created, moves })
    }

    fn word(&mut self, word: &'static str) -> Result<(), Unread> {
        if self.follows(word) { Ok(()) } else { self.no(word) }
    }

    fn follows(&mut self, word: &str) -> bool {
        let found = self.text[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn number(&mut self) -> Result<u64, Unread> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 || (1 < length && rest[0] == b'0') {
            return self.no("a number without zeros in front");
        }
        let add = |sum: u64, digit: &u8| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
        match rest[..length].iter().try_fold(0, add) {
            Some(number) => {
                self.at += length;
                Ok(number)
            }
            None => self.no("a number of at most 64 bits"),
        }
    }

    fn number_below(&mut self, bound: u64, wanted: &'static str) -> Result<u64, Unread> {
        let start = self.at;
        match self.number()? {
            number if number < bound => Ok(number),
            _ => Err(Unread { offset: start, wanted }),
        }
    }

    /// A name from a closed list, and the quotation mark after it.
    fn name<T>(
        &mut self,
        mut known: impl Iterator<Item = (T, &'static str)>,
        wanted: &'static str,
    ) -> Result<T, Unread> {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|&byte| byte == b'"').unwrap_or(rest.len());
        match known.find(|(_, name)| name.as_bytes() == &rest[..end]) {
            Some((found, _)) if end < rest.len() => {
                self.at += end + 1;
                Ok(found)
            }
            _ => self.no(wanted),
        }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Unread>) -> Result<Vec<T>, Unread> {
        let mut items = Vec::new();
        if self.follows("]") {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.follows("]") {
                return Ok(items);
            }
            self.word(",")?;
        }
    }

    fn handle(&mut self) -> Result<Handle, Unread> {
        let slot = self.number_below(1 << 32, "a slot of 32 bits")?;
        self.word(".")?;
        let generation =
            self.number_below(1 << Handle::GENERATION_BITS, "a generation of as many bits as it has")?;
        Ok(Handle::new(slot as u32, generation as u32))
    }

    fn subject(&mut self) -> Result<Subject, Unread> {
        if self.follows("order ") {
            self.handle().map(Subject::Order)
        } else if self.follows("fulfillment ") {
            self.handle().map(Subject::Fulfillment)
        } else if self.follows("parcel ") {
            self.handle().map(Subject::Parcel)
        } else if self.follows("stock") {
            Ok(Subject::Stock)
        } else if self.follows("customer ") {
            let id = self.number_below(1 << 32, "a customer's number of 32 bits")?;
            Ok(Subject::Customer(CustomerId(id as u32)))
        } else if self.follows("cart ") {
            Ok(Subject::Cart(CartId(self.number()?)))
        } else {
            self.no("a subject")
        }
    }

    fn order(&mut self) -> Result<(OrderId, Option<OrderState>, OrderState), Unread> {
        self.word("[")?;
        let id = OrderId(self.number()?);
        let from = match self.follows(",null,\"") {
            true => None,
            false => {
                self.word(",\"")?;
                let from = self.state()?;
                self.word(",\"")?;
                Some(from)
            }
        };
        let to = self.state()?;
        self.word("]")?;
        Ok((id, from, to))
    }

    fn state(&mut self) -> Result<OrderState, Unread> {
        self.name(OrderState::ALL.iter().map(|&state| (state, state.name())), "the state of an order")
    }

    fn moved(&mut self) -> Result<StockMove, Unread> {
        self.word("[")?;
        let sku = SkuId(self.number_below(1 << 32, "a SKU of 32 bits")? as u32);
        self.word(",")?;
        let node = NodeId(self.number_below(1 << 16, "a node of 16 bits")? as u16);
        self.word(",")?;
        let quantity = self.number_below(1 << 32, "units of 32 bits")? as u32;
        self.word(",\"")?;
        let from = self.account()?;
        self.word(",\"")?;
        let to = self.account()?;
        self.word("]")?;
        Ok(StockMove { sku, node, quantity, from, to })
    }

    fn account(&mut self) -> Result<Account, Unread> {
        self.name(Account::ALL.iter().map(|&account| (account, account.name())), "the name of an account")
    }
}
