//! The write side: a resource's dates, replaced in the transaction that changes its facts.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    model::{Due, Entry, MilestoneResource, Reminders, Told},
    store,
};
use crate::{
    kernel::{
        error::Result,
        id::{MilestoneId, TenantId},
        time::Date,
    },
    platform::journal::{EventType, Recorded, Write},
};

/// The dates of a resource as they are to stand in the diary.
#[derive(Clone, Debug)]
pub struct Dates {
    resource: MilestoneResource,
    dues: Vec<Due>,
    days: Vec<i32>,
    first: Date,
}

impl Dates {
    /// Of this resource, without reminders.
    pub fn of<R: Recorded>(resource: &R, dues: Vec<Due>) -> Self {
        let resource = MilestoneResource { kind: R::RESOURCE.to_owned(), id: resource.resource_id() };
        Self { resource, dues, days: Vec::new(), first: Date::MAX }
    }

    /// With reminders of each date so many days before it is due. Those before the day `first` come too late to be told.
    #[must_use]
    pub fn reminded(mut self, days: &[i32], first: Date) -> Self {
        (self.days, self.first) = (days.to_vec(), first);
        self
    }
}

impl Write {
    /// As [`expect_all`](Self::expect_all), of one resource without reminders.
    ///
    /// # Errors
    /// As [`expect_all`](Self::expect_all).
    pub async fn expect<R: Recorded>(&mut self, resource: &R, dues: &[Due]) -> Result<()> {
        let dates = Dates::of(resource, dues.to_vec());
        self.expect_all(std::slice::from_ref(&dates)).await
    }

    /// Makes these the dates of resources, each of which is named once: new ones are added, moved ones keep their id, owner
    /// and plan, what no longer holds is cancelled and what comes back is restored. However many resources there are, one
    /// statement to read, one per new or moved date, one to cancel; nothing where nothing moved. Not journalled: the dates
    /// follow from the resources' facts, which are; but for a write in which it is the rules that changed
    /// ([`rewrite`](super::rewrite)), or time alone. Change or hold the resources' rows first: their locks keep two writers of
    /// one resource apart.
    ///
    /// # Errors
    /// When two dues of a resource share code and cycle, or the database fails.
    pub async fn expect_all(&mut self, all: &[Dates]) -> Result<()> {
        if all.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = all.iter().map(|one| one.resource.id.clone()).collect();
        let mut known: HashMap<String, Vec<Entry>> = HashMap::new();
        for entry in store::all_of(self, &ids).await? {
            known.entry(entry.resource.id.clone()).or_default().push(entry);
        }
        let mut over = Vec::new();
        for dates in all {
            let known = known.remove(&dates.resource.id).unwrap_or_default();
            self.put_dates(dates, &known).await?;
            for entry in known.iter().filter(|entry| entry.is_over(&dates.dues)) {
                if self.tells_dates() {
                    self.record_deleted(EventType::MilestoneCancelled, entry);
                }
                over.push(entry.id);
            }
        }
        let now = self.now();
        if over.is_empty() { Ok(()) } else { store::cancel(self, &over, now).await }
    }

    /// Adds new dates, and moves or restores those that are known.
    async fn put_dates(&mut self, dates: &Dates, known: &[Entry]) -> Result<()> {
        let Dates { resource, dues, days, first } = dates;
        // A day is over in every time zone when it is over here.
        let day = self.now().date_in(chrono_tz::Etc::GMTPlus12);
        for due in dues {
            let id = stable_id(self.tenant(), &resource.id, due);
            match known.iter().find(|entry| entry.id == id) {
                None => {
                    let (told, reminders) = (Told::when_written(due, day), Reminders::of(due, days, *first));
                    let new = Entry::new(self.tenant(), id, resource.clone(), due.clone());
                    let new = Entry { told, reminders, ..new };
                    store::insert(self, &new).await?;
                    self.tell_moved(&new)?;
                }
                Some(entry) => {
                    let reminders = Reminders::again(entry, due, days, *first);
                    let back = entry.cancelled_at.is_some();
                    let others = Some(&reminders).filter(|others| entry.reminders != **others);
                    if back || entry.due != *due || others.is_some() {
                        store::put(self, id, due, Told::when_written(due, day), others).await?;
                        self.tell_moved(&Entry { due: due.clone(), ..entry.clone() })?;
                    }
                }
            }
        }
        Ok(())
    }

    fn tell_moved(&mut self, entry: &Entry) -> Result<()> {
        if self.tells_dates() { self.record(EventType::MilestoneRescheduled, entry) } else { Ok(()) }
    }
}

/// A resource's dates as its engine tells them for some day, with what people added to those that are in the diary.
pub fn picture(
    tenant: TenantId,
    resource: &MilestoneResource,
    dues: Vec<Due>,
    known: &[Entry],
) -> Vec<Entry> {
    let mut entries: Vec<_> = dues
        .into_iter()
        .map(|due| {
            let id = stable_id(tenant, &resource.id, &due);
            match known.iter().find(|entry| entry.id == id) {
                Some(entry) => Entry { due, ..entry.clone() },
                None => Entry::new(tenant, id, resource.clone(), due),
            }
        })
        .collect();
    entries.sort_by_key(|entry| (entry.due.due, entry.id.uuid()));
    entries
}

impl Entry {
    fn new(tenant_id: TenantId, id: MilestoneId, resource: MilestoneResource, due: Due) -> Self {
        Self {
            id,
            tenant_id,
            resource,
            due,
            owner: None,
            planned_on: None,
            cancelled_at: None,
            told: Told::default(),
            reminders: Reminders::default(),
            version: 1,
        }
    }

    fn is_over(&self, dues: &[Due]) -> bool {
        self.cancelled_at.is_none()
            && !dues.iter().any(|due| due.code == self.due.code && due.cycle == self.due.cycle)
    }
}

/// UUIDv5 (RFC 9562) of resource, code and cycle in the tenant: the same date has the same id in every computation.
fn stable_id(tenant: TenantId, resource: &str, due: &Due) -> MilestoneId {
    let name = format!("{resource}/{}/{}", due.code, due.cycle);
    MilestoneId::from_uuid(Uuid::new_v5(&tenant.uuid(), name.as_bytes()))
}
