//! The door: who must be there.

use crate::scenario::section::Section;
use crate::scenario::spec::Signature;

/// `None` where nothing is left at a door.
pub fn signature(top: &Section<'_>) -> Option<Signature> {
    let keys = top.maybe_section("signature")?;
    Some(Signature { above: keys.money("above"), waiver: keys.share("waiver"), theft: keys.share("theft") })
}
