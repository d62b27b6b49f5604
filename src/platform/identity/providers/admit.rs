//! From a provider's token to a caller. What cannot be proved gets the one answer that every bad credential gets; a
//! proved person who is not let in is told why.

use super::{
    claims::{Identity, subject},
    model::{IdentityProvider, Provisioning, SubjectClaim},
    store::{self, Link},
    token::{Refusal, Token},
    trust::Asking,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::MemberId,
    },
    platform::{
        access::{Caller, Credential, Role, Services},
        db::Statements,
        identity::{
            authenticate::{admit, refused},
            engagements,
            members::{self, Member, MemberKind, NewMember},
            tenants::Tenant,
        },
        journal::{Origin, Write},
    },
};

const NO_MEMBER: &str =
    "your provider's token is valid, but you are not a member here; ask an owner for an invitation";
const NO_ROLE: &str =
    "your provider's token is valid, but none of its claims gives you a role here; ask an owner";
const ADDRESS_TAKEN: &str = "your provider's token is valid, but another member here has your address; \
    ask an owner for an invitation, which joins the two";

/// Somebody whom a registered provider vouches for, and who it is here.
#[derive(Clone)]
pub struct Visitor {
    /// The provider.
    pub provider: IdentityProvider,
    /// Its tenant.
    pub tenant: Tenant,
    /// What the token says.
    pub identity: Identity,
    /// The member behind it, where there is one.
    pub known: Option<(Link, Member)>,
}

/// The caller behind a token of a tenant's own provider. Whoever is new is made a member where the provider may do
/// that.
///
/// # Errors
/// [`Code::Unauthenticated`] for every token that proves nothing; [`Code::Forbidden`] for a person without a role.
pub async fn external_token(services: &Services, presented: &str, request_id: &str) -> Result<Caller> {
    let visitor = visitor(services, presented).await?;
    let member = match &visitor.known {
        Some((link, member)) => {
            // Nothing is written for somebody whose access has ended.
            visitor.caller(services, member)?;
            if link.by_claims { visitor.follow(services, member, request_id).await? } else { member.clone() }
        }
        None => visitor.join(services, presented, request_id).await?,
    };
    let mut caller = visitor.caller(services, &member)?;
    if member.role == Role::Auditor {
        let mut tx = services.db.read(visitor.tenant.id, &Statements::default()).await?;
        caller.engaged = engagements::now(&mut tx, &visitor.tenant, &member, services.clock.now()).await?;
    }
    Ok(caller)
}

/// Whom a token speaks of. Asks the provider where its keys are not known; holds no database connection meanwhile.
///
/// # Errors
/// [`Code::Unauthenticated`] for every token that proves nothing.
pub async fn visitor(services: &Services, presented: &str) -> Result<Visitor> {
    let token = Token::parse(presented).map_err(|_| refused())?;
    let (provider, tenant, links) = found(services, &token).await?.ok_or_else(refused)?;
    let proved = prove(services, &provider, &token).await.map_err(|refusal| {
        tracing::info!(provider = %provider.id, %refusal, "a token was refused");
        refused()
    })?;
    let known = links.into_iter().find(|(link, _)| link.subject == proved.subject);
    Ok(Visitor { provider, tenant, identity: proved, known })
}

type Places = (IdentityProvider, Tenant, Vec<(Link, Member)>);

/// The one provider that a token claims to be from; none where it names none or several.
async fn found(services: &Services, token: &Token<'_>) -> Result<Option<Places>> {
    let (Some(issuer), audiences) = (token.issuer(), token.audiences()) else { return Ok(None) };
    let subjects: Vec<_> = SubjectClaim::ALL.iter().filter_map(|one| subject(token.claims(), *one)).collect();
    if audiences.is_empty() || subjects.is_empty() || issuer.contains('\0') {
        return Ok(None);
    }
    let mut tx = services.db.system().await?;
    let tenants = store::tenants_of(&mut tx, issuer, &audiences).await?;
    let [tenant] = tenants[..] else { return Ok(None) };
    let audiences: Vec<_> = audiences.into_iter().filter(|one| !one.contains('\0')).collect();
    let mut tx = tx.enter(tenant).await?;
    let rows = store::admission(&mut tx, issuer, &audiences, &subjects).await?;
    Ok(one_provider(rows))
}

fn one_provider(rows: Vec<store::Found>) -> Option<Places> {
    let mut places: Option<Places> = None;
    for (provider, tenant, link, member) in rows {
        let (known, _, links) = places.get_or_insert((provider.clone(), tenant, Vec::new()));
        if known.id != provider.id {
            return None;
        }
        links.extend(link.zip(member));
    }
    places.filter(|(provider, ..)| provider.enabled)
}

async fn prove(
    services: &Services,
    provider: &IdentityProvider,
    token: &Token<'_>,
) -> std::result::Result<Identity, Refusal> {
    let now = services.clock.now();
    let (issuer, audience) = (provider.issuer.as_str(), provider.audience.as_str());
    let algorithm = token.check(issuer, audience, &provider.algorithms, now)?;
    let identity = Identity::read(token.claims(), provider)?;
    let asking = Asking {
        fetch: std::sync::Arc::new(services.outbound.clone()),
        provider: (provider.id, provider.version),
        issuer: issuer.to_owned(),
        now,
        runtime: services.runtime.clone(),
    };
    services.trust.verify(&asking, token, algorithm).await?;
    Ok(identity)
}

impl Visitor {
    fn caller(&self, services: &Services, member: &Member) -> Result<Caller> {
        let credential = Credential::External(self.provider.id);
        admit(&self.tenant, member, credential, self.provider.scopes.0.clone(), services.clock.now())
    }

    /// The member with the role that the claims give now. They neither make nor unmake an owner.
    async fn follow(&self, services: &Services, member: &Member, request_id: &str) -> Result<Member> {
        let role = self.role()?;
        if member.role == role || member.role == Role::Owner {
            return Ok(member.clone());
        }
        let mut tx = self.write(services, member.id, request_id).await?;
        if let Some(changed) = members::service::set_role(&mut tx, member, role).await? {
            return tx.commit(changed).await;
        }
        // Whoever changed the member meanwhile wins the row; the claims still say what this caller may do.
        let mut member = member.clone();
        member.role = role;
        Ok(member)
    }

    /// A new member, by the claims.
    async fn join(&self, services: &Services, presented: &str, request_id: &str) -> Result<Member> {
        if self.provider.provisioning != Provisioning::JustInTime {
            return Err(Error::new(Code::Forbidden, NO_MEMBER));
        }
        let role = self.role()?;
        let id = services.ids.id(services.clock.now());
        let member = self.new_member(role).into_member(self.tenant.id, id, services.clock.now());
        match self.add(services, member, request_id).await {
            // The same person may have come in by another request at the same moment.
            Err(error) if error.code() == Code::AlreadyExists => {
                let again = visitor(services, presented).await?;
                let known = again.known.map(|(_, member)| member);
                known.ok_or_else(|| Error::new(Code::Forbidden, ADDRESS_TAKEN))
            }
            outcome => outcome,
        }
    }

    async fn add(&self, services: &Services, member: Member, request_id: &str) -> Result<Member> {
        let mut tx = self.write(services, member.id, request_id).await?;
        let member = members::service::add(&mut tx, member).await?;
        let link = self.link_to(member.id, true, tx.now());
        store::link(&mut tx, &link).await?;
        tx.commit(member).await
    }

    /// Whoever has a name or an address is taken for a person, the rest for programs.
    fn new_member(&self, role: Role) -> NewMember {
        let Identity { email, name, .. } = &self.identity;
        let kind = if email.is_none() && name.is_none() { MemberKind::Machine } else { MemberKind::Person };
        // An address that nobody vouches for may be anybody's: it is not kept.
        let email = email.clone().filter(|_| self.identity.email_verified);
        NewMember {
            kind,
            name: self.identity.shown_name(),
            email,
            role,
            access_ends_on: None,
            external_refs: Vec::new(),
        }
    }

    /// What makes this visitor that member.
    pub fn link_to(&self, member: MemberId, by_claims: bool, now: crate::kernel::time::Instant) -> Link {
        Link {
            tenant_id: self.tenant.id,
            provider_id: self.provider.id,
            subject: self.identity.subject.clone(),
            member_id: member,
            by_claims,
            created_at: now,
        }
    }

    fn role(&self) -> Result<Role> {
        self.identity.role.ok_or_else(|| Error::new(Code::Forbidden, NO_ROLE))
    }

    /// A write in the visitor's own name.
    async fn write(&self, services: &Services, member: MemberId, request_id: &str) -> Result<Write> {
        let origin = Origin {
            actor: member.to_string(),
            credential: self.provider.id.to_string(),
            claimant: self.provider.id.to_string(),
            request_id: request_id.to_owned(),
            at: services.clock.now(),
            idempotency: None,
        };
        let tx = services.db.write(self.tenant.id, &Statements::default()).await?;
        Write::begin(tx, origin, services.ids.clone(), services.followers).await
    }
}
