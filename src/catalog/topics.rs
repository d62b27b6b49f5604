//! What requirements and controls are about, and whom or what they rest on: words of our own, to find them by.

use serde::Deserialize;

use super::model::{FrameworkKey, RequirementId};
use crate::{kernel::error::Faults, text_enum};

text_enum! {
    /// What something is about.
    Topic {
        /// Leadership, roles, scope and objectives.
        Governance = "governance",
        /// Policies and documents.
        Policies = "policies",
        /// Risks: assessed and treated.
        RiskManagement = "risk_management",
        /// People: before, during and after employment.
        HumanResources = "human_resources",
        /// Awareness and training.
        Awareness = "awareness",
        /// Assets: known, owned and given back.
        AssetManagement = "asset_management",
        /// Who may use what.
        AccessControl = "access_control",
        /// Encryption and keys.
        Cryptography = "cryptography",
        /// Sites, rooms and equipment.
        PhysicalSecurity = "physical_security",
        /// Running systems from day to day.
        Operations = "operations",
        /// Networks and their boundaries.
        NetworkSecurity = "network_security",
        /// Building software.
        SecureDevelopment = "secure_development",
        /// Changes of systems and of the organisation.
        ChangeManagement = "change_management",
        /// Weaknesses, threats and malware.
        VulnerabilityManagement = "vulnerability_management",
        /// Logs, and looking at them.
        LoggingAndMonitoring = "logging_and_monitoring",
        /// Incidents: noticed, answered and learnt from.
        IncidentManagement = "incident_management",
        /// Backups, recovery and disruption.
        BusinessContinuity = "business_continuity",
        /// Suppliers, vendors and clouds.
        SupplierManagement = "supplier_management",
        /// Information: classified, kept, moved and deleted.
        DataProtection = "data_protection",
        /// Personal information.
        Privacy = "privacy",
        /// Laws and contracts.
        Compliance = "compliance",
        /// Audits, reviews and what they find.
        InternalAudit = "internal_audit",
        /// Telling people inside and outside.
        Communication = "communication",
    }
}

text_enum! {
    /// Whom or what something rests on.
    Aspect {
        /// What people know and do.
        People = "people",
        /// How things are done.
        Process = "process",
        /// What systems do.
        Technology = "technology",
    }
}

/// The topics of one thing at the most.
pub const MAX_TOPICS: usize = 10;

/// Notes tags that are too many or named twice.
pub fn validate(topics: &[Topic], aspects: &[Aspect], at: &str, faults: &mut Faults) {
    let many = topics.len() > MAX_TOPICS;
    faults.when(many, format!("{at}/topics"), format!("must have at most {MAX_TOPICS} items"));
    faults.when(!many && twice(topics), format!("{at}/topics"), "names one twice");
    faults.when(twice(aspects), format!("{at}/aspects"), "names one twice");
}

fn twice<T: PartialEq>(all: &[T]) -> bool {
    all.iter().enumerate().any(|(n, one)| all[..n].contains(one))
}

/// The tags of a built-in requirement, as the table has them.
#[derive(Deserialize)]
pub(super) struct Tagged {
    pub framework: FrameworkKey,
    pub id: RequirementId,
    topics: String,
    aspects: String,
}

impl Tagged {
    pub(super) fn topics(&self) -> Result<Vec<Topic>, String> {
        self.topics.split(' ').map(|word| word.parse().map_err(|_| format!("{word} is no topic"))).collect()
    }

    pub(super) fn aspects(&self) -> Result<Vec<Aspect>, String> {
        self.aspects.split(' ').map(|word| word.parse().map_err(|_| format!("{word} is no aspect"))).collect()
    }
}
