//! The write side: a resource's dates, replaced in the transaction that changes its facts.

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

impl Write {
    /// Makes `dues` the dates of a resource: new ones are added, moved ones keep their id, owner and plan, what no
    /// longer holds is cancelled and what comes back is restored. One statement to read, one per new or moved date,
    /// one to cancel; nothing where nothing moved. Not journalled: the dates follow from the resource's facts, which
    /// are; but for a write in which it is the rules that changed ([`rewrite`](super::rewrite)), or time alone. Change the
    /// resource's row first: its lock keeps two writers of one resource apart.
    ///
    /// # Errors
    /// When two dues share code and cycle, or the database fails.
    pub async fn expect<R: Recorded>(&mut self, resource: &R, dues: &[Due]) -> Result<()> {
        self.expect_and_remind(resource, dues, &[], Date::MAX).await
    }

    /// As [`expect`](Self::expect), with reminders of each date so many days before it is due. Those before `today` come too
    /// late to be told.
    ///
    /// # Errors
    /// As [`expect`](Self::expect).
    pub async fn expect_and_remind<R: Recorded>(
        &mut self,
        resource: &R,
        dues: &[Due],
        days: &[i32],
        today: Date,
    ) -> Result<()> {
        let resource = MilestoneResource { kind: R::RESOURCE.to_owned(), id: resource.resource_id() };
        let known = store::all_of(self, &resource.id).await?;
        // A day is over in every time zone when it is over here.
        let day = self.now().date_in(chrono_tz::Etc::GMTPlus12);
        for due in dues {
            let id = stable_id(self.tenant(), &resource.id, due);
            match known.iter().find(|entry| entry.id == id) {
                None => {
                    let (told, reminders) = (Told::when_written(due, day), Reminders::of(due, days, today));
                    let new = Entry::new(self.tenant(), id, resource.clone(), due.clone());
                    let new = Entry { told, reminders, ..new };
                    store::insert(self, &new).await?;
                    self.tell_moved(&new)?;
                }
                Some(entry) => {
                    let reminders = Reminders::again(entry, due, days, today);
                    let back = entry.cancelled_at.is_some();
                    let others = Some(&reminders).filter(|others| entry.reminders != **others);
                    if back || entry.due != *due || others.is_some() {
                        store::put(self, id, due, Told::when_written(due, day), others).await?;
                        self.tell_moved(&Entry { due: due.clone(), ..entry.clone() })?;
                    }
                }
            }
        }
        let over: Vec<_> = known.iter().filter(|entry| entry.is_over(dues)).collect();
        if self.tells_dates() {
            over.iter().for_each(|entry| self.record_deleted(EventType::MilestoneCancelled, *entry));
        }
        let (over, now) = (over.iter().map(|entry| entry.id).collect::<Vec<_>>(), self.now());
        if over.is_empty() { Ok(()) } else { store::cancel(self, &over, now).await }
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
