//! What every record of a management system does: its life, its dates, and what it names.

use std::future::Future;

use async_graphql::Enum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    editions::{self, Life},
    shape::Shape,
};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{ControlId, Id, IsmsRecordId, Kind, MemberId, RiskId},
        page::SortOrder,
        text::ShortCode,
        time::Date,
    },
    platform::{
        access::Action,
        db::refs,
        diary::Due,
        journal::{Recorded, Write},
        room::{Actions, Stored, Told},
    },
};

/// Something that a record names: where it stands in the input, and what it is.
pub struct Named {
    /// The JSON Pointer of its place.
    pub at: String,
    /// What it is.
    pub what: Target,
}

/// What a record can name.
#[derive(Clone, Copy)]
pub enum Target {
    /// A member.
    Member(MemberId),
    /// A control.
    Control(ControlId),
    /// A risk.
    Risk(RiskId),
    /// Another record of this kind.
    Record(&'static str, IsmsRecordId),
}

impl Named {
    /// A member at this place.
    pub fn member(at: impl Into<String>, id: MemberId) -> Self {
        Self { at: at.into(), what: Target::Member(id) }
    }

    /// A control at this place.
    pub fn control(at: impl Into<String>, id: ControlId) -> Self {
        Self { at: at.into(), what: Target::Control(id) }
    }

    /// A risk at this place.
    pub fn risk(at: impl Into<String>, id: RiskId) -> Self {
        Self { at: at.into(), what: Target::Risk(id) }
    }

    /// Another record at this place.
    pub fn record<R: Record>(at: impl Into<String>, id: RecordId<R>) -> Self {
        Self { at: at.into(), what: Target::Record(R::NAME, row_of(id)) }
    }
}

/// The id of a record of this kind.
pub type RecordId<R> = Id<<R as Shape>::Kind>;

/// The row behind a record's id.
pub fn row_of<K: Kind>(id: Id<K>) -> IsmsRecordId {
    IsmsRecordId::from_uuid(id.uuid())
}

/// The order of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum IsmsSort {
    /// By name.
    #[serde(rename = "title")]
    Title,
    /// By name, backwards.
    #[serde(rename = "-title")]
    TitleDescending,
    /// What is due next first; what has no date comes last.
    #[serde(rename = "due")]
    Soonest,
    /// What is due last first; what has no date comes before it.
    #[serde(rename = "-due")]
    Latest,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for IsmsSort {
    const DEFAULT: Self = Self::Title;
}

/// What a caller must be allowed to, whatever the kind.
pub const ACTIONS: Actions = Actions {
    read: Action::IsmsRead,
    create: Action::IsmsCreate,
    update: Action::IsmsUpdate,
    delete: Action::IsmsDelete,
};

/// A kind of record: its shape, and the rules that are its own.
pub trait Record: Shape + Stored<Kind = <Self as Shape>::Kind> + Recorded {
    /// Its kind, as written in the journal and in its rows.
    const NAME: &'static str;
    /// What the journal tells.
    const EVENTS: Told;
    /// Fields that may change while the rest is frozen: they are about the record and not in it.
    const LIVING: &'static [&'static str] = &[];
    /// What is shown: the record, or with what is derived of it.
    type View: Serialize + Send + Sync + 'static;

    /// The record with what is derived of it.
    fn view(self) -> Self::View;
    /// The record in what is shown of it.
    fn of(view: &Self::View) -> &Self;
    /// How it stands, in one word.
    fn status(&self) -> &'static str;
    /// A code that no other record of this kind has.
    fn code(&self) -> Option<&ShortCode> {
        None
    }
    /// Notes what does not fit together.
    fn faults(&self, today: Date, faults: &mut Faults);
    /// What is due of it.
    fn dates(&self) -> Vec<Due>;
    /// What it names beside its owner.
    fn names(&self) -> Vec<Named> {
        Vec::new()
    }
    /// How far its editions have come; none for what has no editions.
    fn life(&self) -> Option<Life> {
        None
    }
    /// Why its content stays as it is, and what to do instead; none while it may change.
    fn frozen(&self) -> Option<String> {
        self.life().and_then(editions::frozen)
    }
    /// Why it is not removed, and what to do instead; none while it may be.
    fn kept_since(&self) -> Option<&'static str> {
        self.life().and_then(editions::kept)
    }
    /// Takes from its content what may change all the same, deep inside.
    fn loosen(_content: &mut Value) {}
    /// Does what the next edition means for the record.
    fn reopened(&mut self) {}
    /// Does what the approval or the end of an edition means for the record.
    fn closed(&mut self) {}
    /// Takes from a draft that is dropped what may change all the same, deep inside.
    fn resumed(&mut self, _draft: &Self) {}
    /// The record with what follows from others, before it is written.
    fn completed(self, _tx: &mut Write) -> impl Future<Output = Result<Self>> + Send {
        async { Ok(self) }
    }
    /// Does what a change of one record means for others. As in [`Room::guard`], `before` is none when it is entered,
    /// `after` when it is removed.
    fn ripple(
        _tx: &mut Write,
        _before: Option<&Self>,
        _after: Option<&Self>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// The day on which the next thing is due; the last day of the calendar where nothing is.
pub fn next_due<R: Record>(record: &R) -> Date {
    let open = record.dates().into_iter().filter(|one| one.done_on.is_none());
    open.map(|one| one.due).min().unwrap_or(Date::MAX)
}

/// Refuses to change what is frozen, and to remove what is kept.
///
/// # Errors
/// [`Code::Conflict`] for a change of frozen content, [`Code::InUse`] for a removal.
pub fn guard<R: Record>(before: &R, after: Option<&R>) -> Result<()> {
    let Some(after) = after else {
        return before.kept_since().map_or(Ok(()), |told| Err(Error::new(Code::InUse, told)));
    };
    match before.frozen() {
        Some(told) if content(before)? != content(after)? => {
            let free: Vec<_> = living::<R>().collect();
            Err(Error::new(Code::Conflict, format!("{told}; {} may change at any time", free.join(", "))))
        }
        _ => Ok(()),
    }
}

fn living<R: Record>() -> impl Iterator<Item = &'static str> {
    ["owner", "external_refs"].into_iter().chain(R::LIVING.iter().copied())
}

/// All but what is about the record and not in it.
fn content<R: Record>(record: &R) -> Result<Value> {
    let mut all = serde_json::to_value(record).map_err(Error::internal)?;
    if let Some(fields) = all.as_object_mut() {
        fields.retain(|name, _| !living::<R>().any(|one| one == name));
    }
    R::loosen(&mut all);
    Ok(all)
}

/// A record that says what this one says, and has about it what another one has.
///
/// # Errors
/// When one of them cannot be read or written as JSON.
pub fn with_living<R: Record>(content: R, other: &R) -> Result<R> {
    let mut all = serde_json::to_value(content).map_err(Error::internal)?;
    let mut about = serde_json::to_value(other).map_err(Error::internal)?;
    for name in living::<R>() {
        if let (Some(place), Some(value)) = (all.get_mut(name), about.get_mut(name)) {
            *place = value.take();
        }
    }
    serde_json::from_value(all).map_err(Error::internal)
}

/// Checks a record on this day.
///
/// # Errors
/// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
pub fn check<R: Record>(record: &R, today: Date) -> Result<()> {
    let mut faults = Faults::default();
    record.faults(today, &mut faults);
    refs::validate(record.core().external_refs, &mut faults);
    faults.into_result()
}

/// Where a record stands in a list of this order: its sort key, and the id of its row.
pub fn place<R: Record>(record: &R, sort: IsmsSort) -> (Value, String) {
    let core = record.core();
    let key = match sort {
        IsmsSort::Title | IsmsSort::TitleDescending => json!(core.title),
        IsmsSort::Soonest | IsmsSort::Latest => json!(next_due(record)),
        IsmsSort::Oldest | IsmsSort::Newest => json!(core.created_at),
    };
    (key, IsmsRecordId::from_uuid(core.id).to_string())
}

/// What a kind is shown as that is shown as it is stored.
macro_rules! as_stored {
    () => {
        type View = Self;

        fn view(self) -> Self {
            self
        }
        fn of(view: &Self) -> &Self {
            view
        }
    };
}
pub(super) use as_stored;

/// Makes a kind of record a room. Said for each kind and not once for all: what a compiler knows of the futures of one
/// kind it would have to find out again for a kind that it does not know.
macro_rules! room {
    ($record:ident, $kind:ident) => {
        impl $crate::platform::room::Stored for $record {
            type Kind = $crate::kernel::id::$kind;
            type Filter = <$record as $crate::program::isms::shape::Shape>::Filter;
            type Sort = $crate::program::isms::record::IsmsSort;

            async fn find(
                tx: &mut $crate::platform::db::TenantTx,
                id: $crate::kernel::id::Id<Self::Kind>,
            ) -> $crate::kernel::error::Result<Option<Self>> {
                $crate::program::isms::store::find(tx, id).await
            }
            async fn by_ids(
                tx: &mut $crate::platform::db::TenantTx,
                ids: &[$crate::kernel::id::Id<Self::Kind>],
            ) -> $crate::kernel::error::Result<Vec<Self>> {
                $crate::program::isms::store::by_ids(tx, ids).await
            }
            async fn page(
                tx: &mut $crate::platform::db::TenantTx,
                filter: &Self::Filter,
                page: &$crate::kernel::page::PageRequest<Self::Sort>,
            ) -> $crate::kernel::error::Result<(Vec<Self>, Option<i64>)> {
                $crate::program::isms::store::page(tx, filter, page).await
            }
            async fn insert(
                tx: &mut $crate::platform::db::TenantTx,
                record: &Self,
            ) -> $crate::kernel::error::Result<()> {
                $crate::program::isms::store::insert(tx, record).await
            }
            async fn update(
                tx: &mut $crate::platform::db::TenantTx,
                record: &Self,
                seen: i32,
            ) -> $crate::kernel::error::Result<Option<Self>> {
                $crate::program::isms::store::update(tx, record, seen).await
            }
            async fn remove(
                tx: &mut $crate::platform::db::TenantTx,
                record: &Self,
            ) -> $crate::kernel::error::Result<()> {
                $crate::program::isms::store::remove(tx, record).await
            }
        }

        impl $crate::platform::room::Walked for $record {
            async fn after(
                tx: &mut $crate::platform::db::TenantTx,
                last: $crate::kernel::id::Id<Self::Kind>,
                most: i64,
            ) -> $crate::kernel::error::Result<Vec<$crate::kernel::id::Id<Self::Kind>>> {
                $crate::program::isms::store::after::<Self>(tx, last, most).await
            }
            async fn hold(
                tx: &mut $crate::platform::db::TenantTx,
                id: $crate::kernel::id::Id<Self::Kind>,
            ) -> $crate::kernel::error::Result<()> {
                $crate::program::isms::store::hold(tx, $crate::program::isms::record::row_of(id)).await
            }
        }

        impl $crate::platform::journal::Recorded for $record {
            const RESOURCE: &'static str = <$record as $crate::program::isms::record::Record>::NAME;

            fn resource_id(&self) -> String {
                self.id.to_string()
            }
            fn version(&self) -> Option<i32> {
                Some(self.version)
            }
        }

        impl $crate::platform::room::Room for $record {
            type New = <$record as $crate::program::isms::shape::Shape>::New;
            type Patch = <$record as $crate::program::isms::shape::Shape>::Patch;
            type View = <$record as $crate::program::isms::record::Record>::View;
            const ACTIONS: $crate::platform::room::Actions = $crate::program::isms::record::ACTIONS;
            const TOLD: $crate::platform::room::Told =
                <$record as $crate::program::isms::record::Record>::EVENTS;

            fn head(&mut self) -> $crate::platform::room::Head<'_, Self::Kind> {
                $crate::program::isms::shape::Shape::parts(self)
            }
            fn make(input: Self::New, ctx: &$crate::platform::access::Ctx) -> Self {
                <$record as $crate::program::isms::shape::Shape>::entered(input, ctx.id(), ctx.now())
            }
            fn apply(&mut self, patch: Self::Patch) {
                $crate::program::isms::shape::Shape::patched(self, patch);
            }
            fn keep(&mut self, old: &Self) {
                $crate::program::isms::shape::Shape::kept(self, old);
            }
            fn check(&self, today: $crate::kernel::time::Date) -> $crate::kernel::error::Result<()> {
                $crate::program::isms::record::check(self, today)
            }
            async fn guard(
                tx: &mut $crate::platform::journal::Write,
                _: &$crate::platform::access::Ctx,
                before: Option<&Self>,
                after: Option<&Self>,
            ) -> $crate::kernel::error::Result<()> {
                if let Some(before) = before {
                    $crate::program::isms::record::guard(before, after)?;
                }
                <$record as $crate::program::isms::record::Record>::ripple(tx, before, after).await
            }
            async fn complete(
                tx: &mut $crate::platform::journal::Write,
                record: Self,
            ) -> $crate::kernel::error::Result<Self> {
                $crate::program::isms::record::Record::completed(record, tx).await
            }
            fn dues(&self) -> Option<Vec<$crate::platform::diary::Due>> {
                Some($crate::program::isms::record::Record::dates(self))
            }
            async fn renewed(
                tx: &mut $crate::platform::journal::Write,
                record: Self,
            ) -> $crate::kernel::error::Result<Self> {
                $crate::program::isms::store::redate(tx, &record).await?;
                Ok(record)
            }
            async fn show(
                _: &mut $crate::platform::db::TenantTx,
                records: Vec<Self>,
                _: $crate::kernel::time::Date,
            ) -> $crate::kernel::error::Result<Vec<Self::View>> {
                Ok(records.into_iter().map($crate::program::isms::record::Record::view).collect())
            }
            fn place(sort: Self::Sort) -> impl Fn(&Self::View) -> (serde_json::Value, String) {
                move |view| {
                    let record = <$record as $crate::program::isms::record::Record>::of(view);
                    $crate::program::isms::record::place(record, sort)
                }
            }
        }
    };
}
pub(super) use room;
