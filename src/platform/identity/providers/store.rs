//! The tables of providers and of the people that came from them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};

use super::model::{IdentityProvider, IdentityProviderFilter, IdentityProviderSort};
use crate::{
    counted,
    kernel::{
        error::{Code, Error, Explain, Result},
        id::{IdentityProviderId, IdentityProviderKind, MemberId, TenantId},
        page::PageRequest,
        patch,
        text::Title,
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::{SystemTx, TenantTx, refs},
        held,
        identity::{
            members::{Member, members},
            tenants::{self, Tenant, tenants as tenants_table},
        },
        journal::hex,
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    identity_providers (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        issuer -> Text,
        audience -> Text,
        proven_at -> Nullable<Instant>,
        algorithms -> Json,
        subject_claim -> Text,
        email_claim -> Text,
        name_claim -> Text,
        role_claim -> Nullable<Text>,
        role_rules -> Json,
        default_role -> Nullable<Text>,
        provisioning -> Text,
        scopes -> Json,
        enabled -> Bool,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    identities (tenant_id, provider_id, subject) {
        tenant_id -> Uid,
        provider_id -> Uid,
        subject -> Text,
        member_id -> Uid,
        by_claims -> Bool,
        created_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(identity_providers, identities);
diesel::allow_tables_to_appear_in_same_query!(identity_providers, members);
diesel::allow_tables_to_appear_in_same_query!(identity_providers, tenants_table);
diesel::allow_tables_to_appear_in_same_query!(identities, members);
diesel::allow_tables_to_appear_in_same_query!(identities, tenants_table);

/// The kind of locator under which providers are found.
const LOCATOR: &str = "identity_provider";
const NAME_TAKEN: &str = "another identity provider has this name, or was registered at the same moment";
const REGISTERED: &str = "another identity provider of yours has this issuer and audience";
/// What is told of a token that proves what another tenant has proved.
pub(super) const PROVEN: &str = "another organisation has proved this issuer and audience to be its own; \
    have your provider issue tokens for an audience of your own";

/// Who somebody at a provider is here.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = identities)]
pub struct Link {
    /// Whose tenant it is.
    pub tenant_id: TenantId,
    /// The provider.
    pub provider_id: IdentityProviderId,
    /// Who it is there.
    pub subject: String,
    /// Who it is here.
    pub member_id: MemberId,
    /// Whether the claims say which role the member has; else the member itself does.
    pub by_claims: bool,
    /// Since when.
    pub created_at: Instant,
}

/// A provider with its tenant, and the members that a token's subjects stand for.
pub type Found = (IdentityProvider, Tenant, Option<Link>, Option<Member>);

/// What a provider is found by, before its tenant is known. Both parts are bounded by their lengths.
fn locator(issuer: &str, audience: &str) -> String {
    let part = |text: &str| Sha256::digest(text);
    hex(&Sha256::new().chain_update(part(issuer)).chain_update(part(audience)).finalize())
}

/// The tenants that have proved this issuer with one of these audiences to be theirs.
pub(super) async fn tenants_of(tx: &mut SystemTx, issuer: &str, audiences: &[&str]) -> Result<Vec<TenantId>> {
    let hashes: Vec<_> = audiences.iter().map(|audience| locator(issuer, audience)).collect();
    tenants::locate_any(tx, LOCATOR, &hashes).await
}

/// The provider of a token with its tenant and the members behind the subjects, in one statement.
pub(super) async fn admission(
    tx: &mut TenantTx,
    issuer: &str,
    audiences: &[&str],
    subjects: &[&str],
) -> Result<Vec<Found>> {
    use identity_providers as idp;
    let tenant = tx.tenant();
    // A condition of a join has to own its values.
    let subjects: Vec<_> = subjects.iter().map(|subject| (*subject).to_owned()).collect();
    let same = identities::tenant_id.eq(idp::tenant_id).and(identities::provider_id.eq(idp::id));
    let linked = same.and(identities::subject.eq_any(subjects));
    let member = members::tenant_id
        .nullable()
        .eq(identities::tenant_id.nullable())
        .and(members::id.nullable().eq(identities::member_id.nullable()));
    Ok(on_each!(tx, |conn| {
        idp::table
            .inner_join(tenants_table::table.on(tenants_table::id.eq(idp::tenant_id)))
            .left_join(identities::table.on(linked))
            .left_join(members::table.on(member))
            .filter(idp::tenant_id.eq(tenant).and(idp::issuer.eq(issuer)))
            .filter(idp::audience.eq_any(audiences).and(idp::proven_at.is_not_null()))
            .select((
                IdentityProvider::as_select(),
                Tenant::as_select(),
                Option::<Link>::as_select(),
                Option::<Member>::as_select(),
            ))
            .load(conn)
            .await
    })?)
}

/// Makes somebody at a provider a member here.
///
/// # Errors
/// [`Code::AlreadyExists`](crate::kernel::error::Code::AlreadyExists) when they are one.
pub async fn link(tx: &mut TenantTx, link: &Link) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(identities::table).values(link).execute(conn).await)
        .or_taken("/subject", "this person is a member already")?;
    Ok(())
}

/// Forgets who a member is at providers, before it is deleted.
///
/// # Errors
/// When the database fails.
pub async fn forget_member(tx: &mut TenantTx, member: MemberId) -> Result<()> {
    let tenant = tx.tenant();
    let theirs =
        identities::table.filter(identities::tenant_id.eq(tenant).and(identities::member_id.eq(member)));
    on_each!(tx, |conn| diesel::delete(theirs).execute(conn).await)?;
    Ok(())
}

/// Lets a provider's tokens lead to its tenant, which has proved them to be its own.
///
/// # Errors
/// [`Code::AlreadyExists`] when another tenant has proved that before.
pub(super) async fn prove(tx: &mut TenantTx, row: &IdentityProvider, seen: i32) -> Result<()> {
    use identity_providers as idp;
    let tenant = tx.tenant();
    let hash = locator(row.issuer.as_str(), row.audience.as_str());
    tenants::add_locator(tx, LOCATOR, &hash).await.or_taken("/token", PROVEN)?;
    let as_read = idp::table.find((tenant, row.id)).filter(idp::version.eq(seen));
    let met = on_each!(tx, |conn| diesel::update(as_read).set(row).execute(conn).await)?;
    patch::met(met, seen)
}

/// Refuses what the tenant has registered already.
async fn once(tx: &mut TenantTx, row: &IdentityProvider) -> Result<()> {
    use identity_providers as idp;
    let tenant = tx.tenant();
    let known: i64 = on_each!(tx, |conn| {
        idp::table
            .filter(idp::tenant_id.eq(tenant))
            .filter(idp::issuer.eq(&row.issuer))
            .filter(idp::audience.eq(&row.audience))
            .count()
            .get_result(conn)
            .await
    })?;
    if known > 0 { Err(Error::at(Code::AlreadyExists, "/audience", REGISTERED)) } else { Ok(()) }
}

/// How many providers the tenant has.
///
/// # Errors
/// When the database fails.
pub(super) async fn count(tx: &mut TenantTx) -> Result<i64> {
    let tenant = tx.tenant();
    let theirs = identity_providers::table.filter(identity_providers::tenant_id.eq(tenant));
    Ok(on_each!(tx, |conn| theirs.count().get_result(conn).await)?)
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $only:expr) => {{
        let mut query = $query.filter(identity_providers::tenant_id.eq($tenant)).into_boxed();
        if let Some(only) = $only {
            query = query.filter(identity_providers::id.eq::<IdentityProviderId>(only));
        }
        query
    }};
}

crate::held!(IdentityProviderKind, identity_providers);

impl Stored for IdentityProvider {
    type Kind = IdentityProviderKind;
    type Filter = IdentityProviderFilter;
    type Sort = IdentityProviderSort;

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        once(tx, row).await?;
        on_each!(tx, |conn| diesel::insert_into(identity_providers::table).values(row).execute(conn).await)
            .or_taken("/name", NAME_TAKEN)?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn find(tx: &mut TenantTx, id: IdentityProviderId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            identity_providers::table
                .find((tenant, id))
                .select(Self::as_select())
                .first(conn)
                .await
                .optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[IdentityProviderId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            identity_providers::table
                .filter(identity_providers::tenant_id.eq(tenant))
                .filter(identity_providers::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        use identity_providers as idp;
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(idp::table.find((tenant, row.id)).filter(idp::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/name", NAME_TAKEN)?;
        if updated.is_some() {
            refs::replace(tx, row.id, &row.external_refs).await?;
        }
        Ok(updated)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &IdentityProviderFilter,
        page: &PageRequest<IdentityProviderSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        use IdentityProviderSort as Sort;
        use identity_providers as idp;
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(idp::table.select(Self::as_select()), tenant, only);
            match page.sort {
                Sort::Name => keyset!(query, page, asc, idp::name => Title, idp::id => IdentityProviderId),
                Sort::NameDescending => {
                    keyset!(query, page, desc, idp::name => Title, idp::id => IdentityProviderId)
                }
                Sort::Oldest => {
                    keyset!(query, page, asc, idp::created_at => Instant, idp::id => IdentityProviderId)
                }
                Sort::Newest => {
                    keyset!(query, page, desc, idp::created_at => Instant, idp::id => IdentityProviderId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(idp::table.count(), tenant, only));
        Ok((rows, total))
    }

    /// With whom it let in: the members stay, and come in by another credential.
    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        use identity_providers as idp;
        let tenant = tx.tenant();
        held::hold_at(tx, row.id, row.version).await?;
        let theirs = identities::table
            .filter(identities::tenant_id.eq(tenant).and(identities::provider_id.eq(row.id)));
        on_each!(tx, |conn| {
            diesel::delete(theirs).execute(conn).await?;
            diesel::delete(idp::table.find((tenant, row.id))).execute(conn).await
        })?;
        tenants::remove_locator(tx, LOCATOR, &locator(row.issuer.as_str(), row.audience.as_str())).await?;
        refs::clear(tx, row.id).await
    }
}
