//! The words in which an organisation is told: what it does, where, with which data.

use crate::{
    catalog::data::{ISO, SOC2},
    kernel::error::Faults,
    text_enum,
};

text_enum! {
    /// The line of business of an organisation.
    Industry {
        /// Software that customers use as a service.
        Saas = "saas",
        /// Hosting, platforms and infrastructure for others.
        CloudInfrastructure = "cloud_infrastructure",
        /// Banking, payments, insurance, investment.
        FinancialServices = "financial_services",
        /// Care, and what is made and run for it.
        Healthcare = "healthcare",
        /// Public administration, and suppliers that work for it alone.
        Government = "government",
        /// Making goods.
        Manufacturing = "manufacturing",
        /// Selling goods.
        Retail = "retail",
        /// Consulting, law, accounting, agencies.
        ProfessionalServices = "professional_services",
        /// Schools, universities, training.
        Education = "education",
        /// Networks and connectivity.
        Telecommunications = "telecommunications",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// A part of the world in which an organisation has customers.
    Region {
        /// The United States and Canada.
        NorthAmerica = "north_america",
        /// Europe without the United Kingdom.
        Europe = "europe",
        /// The United Kingdom.
        UnitedKingdom = "united_kingdom",
        /// Asia, Australia and the Pacific.
        AsiaPacific = "asia_pacific",
        /// Mexico, Central and South America, the Caribbean.
        LatinAmerica = "latin_america",
        /// The Middle East and Africa.
        MiddleEastAfrica = "middle_east_africa",
        /// All of the world.
        Global = "global",
    }
}

text_enum! {
    /// A kind of data that an organisation or a system handles.
    DataKind {
        /// Data about people.
        PersonalData = "personal_data",
        /// Data about people's health.
        HealthData = "health_data",
        /// Payment card numbers and what goes with them.
        PaymentCardData = "payment_card_data",
        /// What customers entrust.
        CustomerConfidential = "customer_confidential",
        /// Accounts, transactions, statements.
        FinancialData = "financial_data",
        /// What a public authority entrusts.
        GovernmentData = "government_data",
        /// Source code, designs, know-how.
        IntellectualProperty = "intellectual_property",
        /// None of these; stands alone.
        None = "none",
    }
}

impl DataKind {
    /// Notes what is wrong with a list of them at a pointer: one named twice, or others beside `none`.
    pub fn check(pointer: &str, all: &[Self], faults: &mut Faults) {
        faults.once_each(pointer, all, Self::ALL.len());
        let mixed = all.len() > 1 && all.contains(&Self::None);
        faults.when(mixed, pointer, "must not name other data beside none");
    }
}

text_enum! {
    /// The kind of a SOC 2 report.
    ReportType {
        /// Type I: description and design of controls, as of one date.
        Type1 = "type_1",
        /// Type II: their operation too, throughout a period.
        Type2 = "type_2",
    }
}

text_enum! {
    /// What an organisation can aim at.
    Goal {
        /// A certificate against ISO/IEC 27001.
        Iso27001 = "iso27001",
        /// A SOC 2 Type I report.
        Soc2Type1 = "soc2_type1",
        /// A SOC 2 Type II report.
        Soc2Type2 = "soc2_type2",
    }
}

impl Goal {
    /// Its name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Iso27001 => "ISO/IEC 27001",
            Self::Soc2Type1 => "SOC 2 Type I",
            Self::Soc2Type2 => "SOC 2 Type II",
        }
    }

    /// The key of the framework behind it.
    pub const fn framework(self) -> &'static str {
        match self {
            Self::Iso27001 => ISO,
            Self::Soc2Type1 | Self::Soc2Type2 => SOC2,
        }
    }

    /// Whether it ends in a report, never in a certificate.
    pub const fn is_report(self) -> bool {
        matches!(self, Self::Soc2Type1 | Self::Soc2Type2)
    }
}
