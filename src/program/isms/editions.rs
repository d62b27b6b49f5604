//! Editions: what is approved is frozen, and a change of it is the next edition, which supersedes it once it is approved.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    parts::{self, EDITION, EditionSort, Part},
    record::{Record, RecordId, row_of, with_living},
    rules,
};
use crate::{
    kernel::{
        error::{Code, Error, Fault, Faults, Result},
        id::{IsmsRecordId, MemberId},
        page::{Page, PageRequest},
        patch::{self, Expected},
        text::{Prose, Title},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::{Doc, TenantTx},
        diary::{Due, Rule},
        identity::members::{Member, MemberKind},
        journal::{EventType, Write},
        room::{self, Room, Stored},
    },
    text_enum,
};

text_enum! {
    /// How far the edition has come that is worked on.
    EditionStatus {
        /// It is written.
        Draft = "draft",
        /// It is approved, and holds.
        Approved = "approved",
        /// It was approved, and nothing of it holds any more.
        Retired = "retired",
    }
}

text_enum! {
    /// How an approved edition stands.
    EditionState {
        /// It holds.
        InForce = "in_force",
        /// A later one took its place.
        Superseded = "superseded",
        /// It was the last one, and is retired.
        Retired = "retired",
    }
}

/// Who approved an edition, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct EditionApproval {
    /// The member who approved it.
    #[graphql(name = "byId")]
    pub by: MemberId,
    /// What the member is called at that time.
    pub name: Title,
    /// What the member is at the organisation; null where that was not said.
    #[schema(example = "Managing director")]
    pub position: Option<Title>,
    /// The day of the approval.
    pub on: Date,
    /// What was said about it.
    pub note: Prose,
}

/// An edition to approve: the draft as it stands.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "position": "Managing director", "note": "Approved in the management review" }))]
pub struct NewEditionApproval {
    /// Who approves: a person who is an owner or a manager; whoever sends it unless said.
    pub approver: Option<MemberId>,
    /// What the approver is at the organisation. The information security policy is approved by top management, so that it
    /// has to be said there.
    #[schema(example = "Managing director")]
    pub position: Option<Title>,
    /// The day of the approval, where that is before today.
    pub approved_on: Option<Date>,
    /// What there is to say about it.
    #[graphql(default)]
    pub note: Prose,
}

/// An approved edition in a list.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct ApprovedEdition {
    /// Its number, by which it is read.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What it is called.
    pub title: Title,
    /// How it stands.
    pub state: EditionState,
    /// Who approved it.
    pub approval: EditionApproval,
    #[serde(skip)]
    #[graphql(skip)]
    row: String,
}

impl ApprovedEdition {
    /// Where it stands in a list.
    pub fn place(&self) -> (i32, String) {
        (self.number, self.row.clone())
    }
}

/// The edition that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct EditionInForce {
    /// Its number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The day on which it was approved.
    pub approved_on: Date,
}

/// How far the editions of a record have come.
#[derive(Clone, Copy)]
pub struct Life {
    /// How far the one that is worked on has come.
    pub status: EditionStatus,
    /// The number of the one that is worked on.
    pub number: i32,
    /// The one that holds.
    pub in_force: Option<EditionInForce>,
}

impl Life {
    fn state(self, number: i32) -> EditionState {
        match self {
            Self { in_force: Some(holds), .. } if holds.number == number => EditionState::InForce,
            Self { status: EditionStatus::Retired, number: last, .. } if last == number => {
                EditionState::Retired
            }
            // The last one was retired, and the next one is not approved yet.
            Self { status: EditionStatus::Draft, in_force: None, number: next } if next == number + 1 => {
                EditionState::Retired
            }
            _ => EditionState::Superseded,
        }
    }
}

/// The fields of a record that tell of its editions, to be set.
pub struct EditionFields<'a> {
    /// How far the one that is worked on has come.
    pub status: &'a mut EditionStatus,
    /// The number of the one that is worked on.
    pub edition: &'a mut i32,
    /// Its approval.
    pub approval: &'a mut Option<EditionApproval>,
    /// The one that holds.
    pub in_force: &'a mut Option<EditionInForce>,
}

/// What the journal tells of editions.
pub struct EditionEvents {
    /// One was approved.
    pub approved: EventType,
    /// The next one was opened.
    pub revised: EventType,
    /// Its draft was thrown away.
    pub discarded: EventType,
    /// The last one was retired.
    pub retired: EventType,
}

/// A record that has editions.
pub trait Editioned: Record + Room {
    /// What the journal tells of them.
    const EDITIONS: EditionEvents;

    /// The fields that tell of them.
    fn editions(&mut self) -> EditionFields<'_>;
    /// Notes what it lacks to be approved like this.
    fn lacks(&self, approval: &EditionApproval, faults: &mut Vec<Fault>);
}

/// When the edition that holds is looked at again: on the day that was said, or 12 months after its approval.
pub fn review(
    what: (&str, &str, &Rule),
    title: &Title,
    in_force: Option<EditionInForce>,
    said: Option<Date>,
) -> Option<Due> {
    let EditionInForce { number, approved_on } = in_force?;
    let inputs = vec![
        rules::input("title", title),
        rules::input("edition", number),
        rules::input("approved_on", approved_on),
    ];
    Some(rules::review(what, said, approved_on, inputs))
}

/// Why an edition that was approved stays as it is.
pub fn frozen(life: Life) -> Option<String> {
    let Life { status, number, .. } = life;
    let told = format!(
        "edition {number} is {status} and stays as it is ({}): open the next one with POST …/revise, change that and \
         approve it",
        rules::EDITION_IS_FROZEN.id,
    );
    (status != EditionStatus::Draft).then_some(told)
}

/// Why what was once approved is not removed.
pub fn kept(life: Life) -> Option<&'static str> {
    let approved = life.number > 1 || life.status != EditionStatus::Draft;
    approved.then_some("it has approved editions, which are kept; retire it instead")
}

/// Approves the draft of a record: freezes it as an edition, which supersedes the one before.
///
/// # Errors
/// When the caller may not, there is no draft or it lacks something (409, naming each), the approver is not a person who
/// may, or it has changed since.
pub async fn approve<R: Editioned>(
    ctx: &Ctx,
    id: RecordId<R>,
    expected: Expected,
    input: NewEditionApproval,
) -> Result<<R as Record>::View> {
    let permit = ctx.may(Action::IsmsApprove)?;
    let mut tx = permit.write().await?;
    let mut record = room::found::<R>(&mut tx, id).await?;
    if *record.editions().status != EditionStatus::Draft {
        let detail = "there is no draft; open the next edition with POST …/revise first";
        return Err(Error::new(Code::Conflict, detail));
    }
    let before = record.editions().in_force.map(|one| one.approved_on);
    let approval = sign(&mut tx, ctx, input, before).await?;
    record = record.completed(&mut tx).await?;
    refuse_lacks(&record, &approval)?;
    let fields = record.editions();
    *fields.status = EditionStatus::Approved;
    *fields.in_force = Some(EditionInForce { number: *fields.edition, approved_on: approval.on });
    *fields.approval = Some(approval.clone());
    let number = *fields.edition;
    record.closed();
    let record = step(&mut tx, record, expected, R::EDITIONS.approved).await?;
    let part = Part {
        tenant_id: ctx.caller().tenant,
        id: ctx.id(),
        record_id: row_of(id),
        kind: EDITION.to_owned(),
        number,
        on_day: approval.on,
        member_id: approval.by,
        facts: Doc(serde_json::to_value(&record).map_err(Error::internal)?),
        version: 1,
    };
    parts::store::insert(&mut tx, &part, "/approver").await?;
    tx.commit(record.view()).await
}

/// Opens the next edition of a record, as a draft that says what the approved one says. That one holds until the draft is
/// approved.
///
/// # Errors
/// When the caller may not, there is a draft already, or it has changed since.
pub async fn revise<R: Editioned>(
    ctx: &Ctx,
    id: RecordId<R>,
    expected: Expected,
) -> Result<<R as Record>::View> {
    let permit = ctx.may(Action::IsmsUpdate)?;
    let mut tx = permit.write().await?;
    let mut record = room::found::<R>(&mut tx, id).await?;
    let fields = record.editions();
    if *fields.status == EditionStatus::Draft {
        let detail = format!("edition {} is a draft already; change that", fields.edition);
        return Err(Error::new(Code::Conflict, detail));
    }
    *fields.status = EditionStatus::Draft;
    *fields.edition += 1;
    *fields.approval = None;
    record.reopened();
    let record = step(&mut tx, record, expected, R::EDITIONS.revised).await?;
    tx.commit(record.view()).await
}

/// Throws away the draft of a later edition: the record says again, word for word, what was approved last. What was retired
/// before the draft was opened is retired again.
///
/// # Errors
/// When the caller may not, there is no such draft (409), or it has changed since.
pub async fn discard<R: Editioned>(
    ctx: &Ctx,
    id: RecordId<R>,
    expected: Expected,
) -> Result<<R as Record>::View> {
    let permit = ctx.may(Action::IsmsUpdate)?;
    let mut tx = permit.write().await?;
    let mut record = room::found::<R>(&mut tx, id).await?;
    if *record.editions().status != EditionStatus::Draft {
        return Err(Error::new(Code::Conflict, "there is no draft; POST …/revise opens one"));
    }
    if *record.editions().edition == 1 {
        let detail = "it is the draft of the first edition; remove the record with DELETE instead";
        return Err(Error::new(Code::Conflict, detail));
    }
    let record = dropped(&mut tx, record).await?;
    let record = step(&mut tx, record, expected, R::EDITIONS.discarded).await?;
    tx.commit(record.view()).await
}

/// Retires a record: its last edition holds no more, and none takes its place. A draft of the next one is dropped, so that
/// the record says what was approved last.
///
/// # Errors
/// When the caller may not, nothing of it was ever approved or it is retired already, or it has changed since.
pub async fn retire<R: Editioned>(
    ctx: &Ctx,
    id: RecordId<R>,
    expected: Expected,
) -> Result<<R as Record>::View> {
    let permit = ctx.may(Action::IsmsApprove)?;
    let mut tx = permit.write().await?;
    let mut record = room::found::<R>(&mut tx, id).await?;
    let (status, number) = (*record.editions().status, *record.editions().edition);
    if status == EditionStatus::Draft && number > 1 {
        record = dropped(&mut tx, record).await?;
    } else if status != EditionStatus::Approved {
        let detail = format!("only what was approved can be retired; edition {number} is {status}");
        return Err(Error::new(Code::Conflict, detail));
    }
    let fields = record.editions();
    *fields.status = EditionStatus::Retired;
    *fields.in_force = None;
    record.closed();
    let record = step(&mut tx, record, expected, R::EDITIONS.retired).await?;
    tx.commit(record.view()).await
}

/// The record as it was approved last, without the draft; what is about it and not in it stays.
async fn dropped<R: Editioned>(tx: &mut TenantTx, mut record: R) -> Result<R> {
    let (version, born) = (*record.parts().version, *record.parts().created_at);
    let (last, holds) = (*record.editions().edition - 1, *record.editions().in_force);
    let missing = || Error::internal("a draft of a later edition without the one before");
    let id = IsmsRecordId::from_uuid(record.core().id);
    let part = parts::store::edition(tx, id, last).await?.ok_or_else(missing)?;
    let mut approved = with_living(part.read()?, &record)?;
    let head = approved.parts();
    (*head.version, *head.created_at) = (version, born);
    approved.resumed(&record);
    let fields = approved.editions();
    *fields.in_force = holds;
    if holds.is_none() {
        *fields.status = EditionStatus::Retired;
    }
    Ok(approved)
}

/// A page of the approved editions of a record.
///
/// # Errors
/// When the caller may not read records or there is no such one.
pub async fn list<R: Editioned>(
    ctx: &Ctx,
    id: RecordId<R>,
    page: &PageRequest<EditionSort>,
) -> Result<Page<ApprovedEdition>> {
    let permit = ctx.may(Action::IsmsRead)?;
    let mut tx = permit.read().await?;
    let life = room::found::<R>(&mut tx, id).await?.life();
    let (rows, total) = parts::store::editions(&mut tx, row_of(id), page).await?;
    let shown = rows.into_iter().map(|part| listed::<R>(part, life)).collect::<Result<_>>()?;
    Ok(page.page(shown, total, ApprovedEdition::place))
}

fn listed<R: Editioned>(part: Part, life: Option<Life>) -> Result<ApprovedEdition> {
    let (number, row) = (part.number, part.id.to_string());
    let mut record: R = part.read()?;
    let missing = || Error::internal("an edition without its approval");
    let approval = record.editions().approval.clone().ok_or_else(missing)?;
    let state = life.map_or(EditionState::Superseded, |life| life.state(number));
    Ok(ApprovedEdition { number, title: record.core().title.clone(), state, approval, row })
}

/// An approved edition, as it was approved.
///
/// # Errors
/// When the caller may not read records, or there is no such record or edition.
pub async fn get<R: Editioned>(ctx: &Ctx, id: RecordId<R>, number: i32) -> Result<<R as Record>::View> {
    let permit = ctx.may(Action::IsmsRead)?;
    let mut tx = permit.read().await?;
    room::found::<R>(&mut tx, id).await?;
    let missing = || Error::not_found(format!("edition {number} of {id}"));
    let part = parts::store::edition(&mut tx, row_of(id), number).await?.ok_or_else(missing)?;
    Ok(part.read::<R>()?.view())
}

/// Writes a record as it is after a step of its life.
///
/// # Errors
/// When it has changed since.
pub async fn step<R: Record>(
    tx: &mut Write,
    mut record: R,
    expected: Expected,
    told: EventType,
) -> Result<R> {
    let seen = *record.parts().version;
    expected.check(seen)?;
    *record.parts().version += 1;
    let met = || match expected {
        // Nobody asked for a version: it is for the caller to do the same again.
        Expected::Any => Error::new(Code::Unavailable, "two writes met; try again"),
        _ => patch::stale(seen + 1),
    };
    let record = R::update(tx, &record, seen).await?.ok_or_else(met)?;
    tx.expect(&record, &record.dates()).await?;
    tx.record(told, &record)?;
    Ok(record)
}

fn refuse_lacks<R: Editioned>(record: &R, approval: &EditionApproval) -> Result<()> {
    let mut faults = Vec::new();
    record.lacks(approval, &mut faults);
    rules::refuse_lacks("it cannot be approved yet", faults)
}

/// Who approves: a person who may, on that day and today.
async fn sign(
    tx: &mut TenantTx,
    ctx: &Ctx,
    input: NewEditionApproval,
    before: Option<Date>,
) -> Result<EditionApproval> {
    let on = input.approved_on.unwrap_or(ctx.today());
    let by = input.approver.unwrap_or(ctx.caller().member);
    let nobody = "is not a member of this tenant; GET /v1/members lists them";
    let missing = || Error::at(Code::Unprocessable, "/approver", nobody);
    let member = Member::find(tx, by).await?.ok_or_else(missing)?;
    let mut faults = Faults::default();
    let machine = member.kind != MemberKind::Person;
    faults.when(machine, "/approver", "must be a person; name the one who approved it");
    let may = member.role.allows(Action::IsmsApprove);
    faults.when(!may, "/approver", "must be an owner or a manager, who may approve");
    let left = member.access_ends_on.is_some_and(|last| last < on);
    faults.when(left, "/approver", "had no access any more on that day");
    rules::not_yet("/approved_on", Some(on), ctx.today(), &mut faults);
    let too_early = before.is_some_and(|before| on < before);
    let told = "must not be before the approval of the edition that it supersedes";
    faults.when(too_early, "/approved_on", told);
    faults.into_result()?;
    Ok(EditionApproval { by, name: member.name, position: input.position, on, note: input.note })
}

/// Lets a record that has the fields of editions have them.
macro_rules! editioned {
    ($record:ty, $approved:ident, $revised:ident, $discarded:ident, $retired:ident) => {
        impl $crate::program::isms::editions::Editioned for $record {
            const EDITIONS: $crate::program::isms::editions::EditionEvents =
                $crate::program::isms::editions::EditionEvents {
                    approved: $crate::platform::journal::EventType::$approved,
                    revised: $crate::platform::journal::EventType::$revised,
                    discarded: $crate::platform::journal::EventType::$discarded,
                    retired: $crate::platform::journal::EventType::$retired,
                };

            fn editions(&mut self) -> $crate::program::isms::editions::EditionFields<'_> {
                $crate::program::isms::editions::EditionFields {
                    status: &mut self.status,
                    edition: &mut self.edition,
                    approval: &mut self.approval,
                    in_force: &mut self.in_force,
                }
            }
            fn lacks(
                &self,
                approval: &$crate::program::isms::editions::EditionApproval,
                faults: &mut Vec<$crate::kernel::error::Fault>,
            ) {
                <$record>::lacking(self, approval, faults);
            }
        }
    };
}
pub(super) use editioned;
