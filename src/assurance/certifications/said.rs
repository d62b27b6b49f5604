//! What a certificate says that its events change: who issued it, its number, its scope, its edition, and the Statement of
//! Applicability that it names. It is told in the order in which it took effect, whenever it was recorded, as far as the
//! events stand: what was entered comes first, then what each event says, with what was corrected since.

use std::mem;

use serde::{Deserialize, Serialize};

use super::{
    bodies::Accreditation,
    log::{CertificationEvent, CertificationEventType as Type},
    model::{CertificateNumber, CertificateScope, Dossier, Facts},
};
use crate::{
    kernel::{
        id::{ApplicabilityVersionId, CertificationBodyId, CertificationEventId},
        text::ShortCode,
    },
    platform::{db::Doc, diary::Moment},
};

/// Something that a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// Who issued it.
    CertificationBody(CertificationBodyId),
    /// Its number; none before it is granted.
    Number(Option<CertificateNumber>),
    /// What it covers.
    Scope(CertificateScope),
    /// The standard's edition.
    Edition(ShortCode),
    /// The version of the Statement of Applicability that it names, by its label and by its id.
    Statement(Option<ShortCode>, Option<ApplicabilityVersionId>),
}

/// What a certificate says from an event on, whatever that event says: as it was entered, or as it was corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The event; none for the beginning.
    pub after: Option<CertificationEventId>,
    /// What it says.
    pub saying: Saying,
}

impl Saying {
    /// All of it, as these facts have it.
    fn all(facts: &Facts) -> Vec<Self> {
        vec![
            Self::CertificationBody(facts.certification_body),
            Self::Number(facts.number.clone()),
            Self::Scope(facts.scope.clone()),
            Self::Edition(facts.edition.clone()),
            Self::Statement(facts.soa_version.clone(), facts.soa_version_id),
        ]
    }

    /// What an event says.
    fn of(event: &CertificationEvent) -> Vec<Self> {
        let said = event.says();
        let id = said.soa_version_id;
        let all = [
            said.certification_body.map(Self::CertificationBody),
            said.number.map(|number| Self::Number(Some(number))),
            said.scope.map(Self::Scope),
            said.edition.map(Self::Edition),
            said.soa_version.map(|label| Self::Statement(Some(label), id)),
        ];
        all.into_iter().flatten().collect()
    }

    fn put(self, facts: &mut Facts) {
        match self {
            Self::CertificationBody(body) => facts.certification_body = body,
            Self::Number(number) => facts.number = number,
            Self::Scope(scope) => facts.scope = scope,
            Self::Edition(edition) => facts.edition = edition,
            Self::Statement(label, id) => (facts.soa_version, facts.soa_version_id) = (label, id),
        }
    }

    /// Whether another says the same thing of it, or something else of the same.
    fn is_like(&self, other: &Self) -> bool {
        mem::discriminant(self) == mem::discriminant(other)
    }
}

impl Facts {
    /// Notes what it says as what it said before any event.
    pub(super) fn begin(&mut self) {
        let said = |saying| Said { after: None, saying };
        self.said = Doc(Saying::all(self).into_iter().map(said).collect());
    }

    /// Takes over what an event says of the certificate.
    pub(super) fn take(&mut self, event: &CertificationEvent) {
        Saying::of(event).into_iter().for_each(|one| one.put(self));
    }
}

impl Dossier {
    /// The facts as they stood at a moment.
    pub(super) fn facts_at(&self, moment: Moment) -> Facts {
        self.facts_by(|event| event.holds(moment))
    }

    /// The facts as they stood when an event took effect.
    pub(super) fn facts_before(&self, event: &CertificationEvent) -> Facts {
        self.facts_by(|one| one.comes_before(event))
    }

    fn facts_by(&self, stands: impl Fn(&CertificationEvent) -> bool) -> Facts {
        let mut facts = self.facts.clone();
        self.said_by(stands).into_iter().for_each(|one| one.put(&mut facts));
        facts
    }

    /// The accreditations of the body that it was with at a moment.
    pub(super) fn accreditations_at(&self, moment: Moment) -> Vec<Accreditation> {
        self.accreditations_by(|event| event.holds(moment))
    }

    /// The accreditations of the body that it was with when an event took effect.
    pub(super) fn accreditations_before(&self, event: &CertificationEvent) -> Vec<Accreditation> {
        self.accreditations_by(|one| one.comes_before(event))
    }

    fn accreditations_by(&self, stands: impl Fn(&CertificationEvent) -> bool) -> Vec<Accreditation> {
        let body = |one: Saying| match one {
            Saying::CertificationBody(body) => Some(body),
            _ => None,
        };
        let last = self.said_by(stands).into_iter().rev().find_map(body);
        let body = last.unwrap_or(self.facts.certification_body);
        self.accreditations.get(&body).cloned().unwrap_or_default()
    }

    /// The edition before any event.
    pub(super) fn first_edition(&self) -> ShortCode {
        let edition = |one: Saying| match one {
            Saying::Edition(edition) => Some(edition),
            _ => None,
        };
        self.corrected(None).into_iter().find_map(edition).unwrap_or_else(|| self.facts.edition.clone())
    }

    /// What it says by these events, in order: what comes later counts.
    fn said_by(&self, stands: impl Fn(&CertificationEvent) -> bool) -> Vec<Saying> {
        let mut events: Vec<_> = self.events.iter().filter(|event| stands(event)).collect();
        events.sort_by_key(|event| event.place());
        let mut all = self.corrected(None);
        for event in events {
            all.extend(Saying::of(event));
            all.extend(self.corrected(Some(event.id)));
        }
        all
    }

    fn corrected(&self, after: Option<CertificationEventId>) -> Vec<Saying> {
        let corrected = self.facts.said.iter().filter(|one| one.after == after);
        corrected.map(|one| one.saying.clone()).collect()
    }

    /// The event as the engine reads it: with the edition that it was corrected to.
    pub(super) fn as_corrected(&self, event: &CertificationEvent) -> CertificationEvent {
        let mut event = event.clone();
        for saying in self.corrected(Some(event.id)) {
            if let (Saying::Edition(edition), Some(details)) = (saying, event.details.as_mut()) {
                details.0.edition = Some(edition);
            }
        }
        event
    }

    /// Notes what its facts say otherwise than these did: a correction of what it says from the last event on that said so,
    /// or else from the beginning. It falls with that event.
    pub(super) fn correct(&mut self, before: &Facts) {
        for (was, is) in Saying::all(before).into_iter().zip(Saying::all(&self.facts)) {
            if was != is {
                self.say(is);
            }
        }
    }

    fn say(&mut self, saying: Saying) {
        let says = |event: &&CertificationEvent| {
            event.voided_at.is_none() && Saying::of(event).iter().any(|one| one.is_like(&saying))
        };
        let last = self.events.iter().filter(says).max_by_key(|event| event.place());
        let after = last.map(|event| event.id);
        let said = &mut self.facts.said.0;
        said.retain(|one| one.after != after || !one.saying.is_like(&saying));
        said.push(Said { after, saying });
    }

    /// One that was entered before what it said was kept: what its row says counts from the last events on that said so.
    pub(super) fn recalled(mut self) -> Self {
        if self.facts.said.is_empty() {
            let now = self.facts.edition.clone();
            let stands =
                |event: &&CertificationEvent| event.event == Type::Transitioned && event.voided_at.is_none();
            let transition = self.events.iter().filter(stands).min_by_key(|event| event.place());
            if let Some(first) = transition.and_then(|event| event.says().from_edition) {
                self.facts.edition = first;
            }
            self.facts.begin();
            self.facts.edition = now;
            for saying in Saying::all(&self.facts) {
                self.say(saying);
            }
        }
        self
    }

    /// Every body that it was with, whether that stands or not.
    pub(super) fn bodies(&self) -> Vec<CertificationBodyId> {
        let body = |one: Saying| match one {
            Saying::CertificationBody(body) => Some(body),
            _ => None,
        };
        self.ever_said().filter_map(body).collect()
    }

    /// Every version of a Statement of Applicability that it named by its id, whether that stands or not.
    pub(super) fn statements(&self) -> Vec<ApplicabilityVersionId> {
        let id = |one: Saying| match one {
            Saying::Statement(_, id) => id,
            _ => None,
        };
        self.ever_said().filter_map(id).collect()
    }

    fn ever_said(&self) -> impl Iterator<Item = Saying> {
        let noted = self.facts.said.iter().map(|one| one.saying.clone());
        Saying::all(&self.facts).into_iter().chain(noted).chain(self.events.iter().flat_map(Saying::of))
    }
}
