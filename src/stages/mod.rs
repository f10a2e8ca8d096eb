//! ONE FILE PER STAGE of the order's life: decide, apply to the engine, say what is next.
//! No time passes here: a stage function runs at one instant and returns `Next`.
//!
//! ```text
//! browse -> cart -> submit -> pay -> review -> allocate -+-> merge -> wave -> pick -> pack -+-> ship -> sort ...
//!   visitors lost     |  expire, cancel        |  a token a fulfillment order               |  a token a parcel
//!                     v                        v                                            v
//!                 refused ...             wait for stock                ... -> last mile -> receive -> after sales
//! ```
//!
//! # Promises
//! - A stage sees the business instant `world.at`, the draws of its entity, and nothing else that changes.
//! - The drivers (`sim`, `load`) execute `Next` without knowing any stage: adding a stage touches its file,
//!   the list below and the scenario keys.

mod address;
mod after_sales;
mod allocate;
mod allocate_wave;
mod browse;
mod cancel;
pub mod cart;
mod checkout;
mod complaint;
mod contact;
mod deliver;
mod door;
mod experience;
pub mod fault;
mod inspect;
pub mod lost;
mod merge;
mod mishap;
mod note;
mod pack;
mod pay;
mod pay_lane;
mod pick;
pub mod pick_up;
pub mod planning;
mod pool;
mod pre_position;
mod prefer;
mod prefetch;
pub mod promise;
pub mod promotion;
mod put_away;
mod quota;
mod re_route;
mod receive;
mod replenish;
mod returns;
mod review;
pub mod round;
pub mod scorecard;
pub mod session;
pub mod ship;
mod short_pick;
pub mod signed;
mod submit;
pub mod supply;
pub mod tour;
pub mod trace;
pub mod tracking;
mod trip;
mod wave;
pub mod wish;
mod witness;
pub mod world;
pub mod yard;

use crate::domain::{Handle, LaneId, StationId};
use crate::kernel::time::{Moment, Span};
use crate::model::StationKind;

pub use prefetch::{AHEAD, Ahead};
pub use re_route::re_route;
pub use ship::load_of;
pub use short_pick::{count_shelves, lose_units};
pub use world::World;

/// What happens to a token after a stage function has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Joins the queue of a station; the station's own stage follows when the work is done.
    Seize {
        station: StationId,
        work: Span,
        rank: u32,
    },
    Wait(Span, Stage),
    Until(Moment, Stage),
    /// The payment window: a constant wait, kept in order
    /// of arrival and outside the calendar; `Stage::Expire` follows.
    Expire,
    /// Queues at the lane's dock; `Stage::Depart` runs when a vehicle takes the parcel, `Stage::Arrive` at its end.
    Board {
        lane: LaneId,
        rank: u32,
    },
    /// Joins the group `key`; the group moves on to `then` at the earliest `deadline` of its members, or at once when
    /// it holds `size`.
    Gather {
        key: u64,
        deadline: Moment,
        size: u32,
        then: Stage,
    },
    /// Leaves the queue of the station and goes on with `then`; nothing happens when it does not wait there.
    Leave {
        station: StationId,
        then: Stage,
    },
    /// Runs another stage at this same instant.
    Go(Stage),
    /// A vehicle that waits in a yard comes in. There is no token.
    ComeIn {
        vehicle: u32,
    },
    Done,
}

macro_rules! stages {
    ($($(#[$doc:meta])* $stage:ident => $run:path;)*) => {
        /// A step of an order's life. Its token is an order, or the trip of a fulfillment order or a parcel,
        /// as its file says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Stage { $($(#[$doc])* $stage,)* }

        impl Stage {
            pub const ALL: &[Stage] = &[$(Stage::$stage,)*];

            pub fn from_u8(bits: u8) -> Stage {
                Stage::ALL[bits as usize]
            }
        }

        /// Runs one stage function for one token at `world.at`.
        #[inline]
        pub fn run(world: &mut World<'_>, stage: Stage, token: Handle) -> Next {
            world.metrics.stage_steps += 1;
            match stage { $(Stage::$stage => $run(world, token),)* }
        }
    };
}

stages! {
    /// Token: the order's number; there is no order yet.
    Browse => browse::browse;
    Cart => browse::cart;
    Submit => submit::submit;
    /// An order that was under way before instant zero.
    Backlog => submit::backlog;
    Afloat => submit::afloat;
    Pay => pay::pay;
    PayAnswered => pay::answered;
    PayCalledBack => pay::called_back;
    PayRepeated => pay::repeated;
    Expire => pay::expire;
    Cancel => cancel::cancel;
    Review => review::review;
    Reviewed => review::reviewed;
    Allocate => allocate::allocate;
    DropBackorder => allocate::drop_backorder;
    /// Token from here on: a trip, first of a fulfillment order.
    Merge => merge::merge;
    Merged => merge::merged;
    Wave => wave::wave;
    Pick => pick::pick;
    Picked => pick::picked;
    Pack => pack::pack;
    Packed => pack::packed;
    /// The trip of a parcel, from here on.
    Ship => ship::ship;
    Depart => ship::depart;
    Arrive => ship::arrive;
    Sorted => ship::sorted;
    LastMile => deliver::last_mile;
    Attempt => deliver::attempt;
    /// Token: an order that the shopper keeps.
    Accept => receive::accept;
    /// Token: the trip of a parcel that the shopper sends back.
    SendBack => after_sales::send_back;
    ReturnDock => after_sales::return_dock;
    Graded => after_sales::graded;
    /// Token: an order of whose payment the shop knows nothing.
    PayAsk => pay::ask;
    /// Token: an order whose submit comes again.
    SubmitAgain => submit::again;
    /// Token: an order of which a node gave something back.
    AllocateAgain => allocate::again;
    /// Token: an order that waits to be planned together with others.
    AllocateWave => allocate_wave::allocate_wave;
    /// Token: the trip of a parcel that was lost on the road.
    Lost => lost::lost;
    /// Token: an order whose request for payment the provider admits now.
    PayAdmitted => pay_lane::admitted;
    /// Token: none; the oldest points of all are due.
    PointsOld => promotion::points_old;
    /// Token: an order whose address the shopper corrects, or will not.
    AddressCorrected => address::corrected;
    AddressGivenUp => address::given_up;
    /// Token: an order, as it was when a capture was made of which the shop did not wait to hear.
    PayOvertaken => pay_lane::overtaken;
    /// Token: the trip of a parcel that waits for vans; the first of a station sets out for all.
    AtStation => round::at_station;
    SetOut => round::set_out;
    /// Token: the trip of a parcel that lies in a locker or at a pickup point.
    PickedUp => pick_up::picked_up;
    Uncollected => pick_up::uncollected;
    /// Token: the trip of a parcel that its carrier had left lying.
    Found => mishap::found;
    /// Token: a parcel's page, by slot and generation.
    Worried => tracking::worried;
    /// Token: the trip of a fulfillment order that waits for others to be picked with; the first of a tour walks.
    JoinTour => tour::load;
    Tour => tour::walk;
    /// Token: a contact of a shopper, from here to `ContactAgain`.
    ContactLate => contact::late;
    ContactComes => contact::comes;
    ContactLooked => contact::looked;
    ContactBotSaid => contact::bot_said;
    ContactPeople => contact::people;
    ContactTalked => contact::talked;
    ContactImpatient => contact::impatient;
    ContactHungUp => contact::hung_up;
    ContactAgain => contact::asks_again;
    /// Token: a shopper at their cart.
    CartEdit => cart::edit;
    /// Token: the number of an hour, and of a visitor of it who leaves a cart behind.
    CartLeavers => cart::leavers;
    CartLeft => cart::left;
    /// Token: the number of a cart.
    CartExpire => cart::expire;
    /// Token: the number under which a wisher returns.
    WishTold => wish::told;
    /// Token: an order, as it was when a callback was forged or kept.
    PayForged => signed::forged;
    PayReplayed => signed::replayed;
    /// Token: the trip of a parcel whose goods are on the shelf again.
    PutAway => put_away::put_away;
    /// Token: a rule of replenishment, and an order to a supplier.
    ReviewShelves => replenish::review;
    SupplierDelivers => replenish::deliver;
    /// Token: none, and a trip between centers.
    PrePosition => pre_position::plan;
    TransferArrives => pre_position::arrive;
    /// Token: the trip of a parcel whose return is approved now.
    ReturnApproved => returns::approved;
    /// Token: a complaint, from here to `ComplaintAnswered`.
    ComplaintOpened => complaint::opened;
    ComplaintDue => complaint::due;
    ComplaintEscalated => complaint::escalated;
    ComplaintAnswered => complaint::answered;
    /// Token: the number of an order that its shopper judges.
    Judged => experience::judged;
    /// Token: the number of a visit.
    Visit => session::visit;
    /// Token from here on: an open visit.
    Look => session::look;
    Searched => session::searched;
    Paged => session::paged;
    OpenGoods => session::product;
    Recommended => session::recommended;
    ToTill => session::to_till;
    SessionOrders => session::order;
    /// Token: the trip of a parcel whose carrier takes it on the day that begins.
    Label => ship::label;
    /// In a truck that waits for room on the hub's floor, and out of it.
    Yard => yard::wait;
    Unload => yard::unload;
}

/// The stage that follows when a station of this kind has served a token.
pub fn after_station(kind: StationKind) -> Stage {
    match kind {
        StationKind::Pay => Stage::PayAnswered,
        StationKind::Review => Stage::Reviewed,
        StationKind::Pick => Stage::Picked,
        StationKind::Pack => Stage::Packed,
        StationKind::Grade => Stage::Graded,
        StationKind::Sort => Stage::Sorted,
        StationKind::Phone | StationKind::Chat => Stage::ContactTalked,
        StationKind::PutAway => Stage::PutAway,
        StationKind::Complaint | StationKind::Lead => Stage::ComplaintAnswered,
        StationKind::Page => Stage::Paged,
        StationKind::Search => Stage::Searched,
        StationKind::Recommend => Stage::Recommended,
    }
}
