CREATE TABLE identity_providers (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    algorithms text NOT NULL,
    subject_claim text NOT NULL,
    email_claim text NOT NULL,
    name_claim text NOT NULL,
    role_claim text,
    role_rules text NOT NULL,
    default_role text,
    provisioning text NOT NULL,
    scopes text NOT NULL,
    enabled integer NOT NULL,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX identity_providers_by_name ON identity_providers (tenant_id, name);
CREATE UNIQUE INDEX identity_providers_by_issuer ON identity_providers (tenant_id, issuer, audience);
CREATE INDEX identity_providers_by_age ON identity_providers (tenant_id, created_at, id);

-- Who somebody at a provider is here.
CREATE TABLE identities (
    tenant_id blob NOT NULL,
    provider_id blob NOT NULL,
    subject text NOT NULL,
    member_id blob NOT NULL,
    by_claims integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, provider_id, subject),
    FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX identities_by_member ON identities (tenant_id, member_id);

CREATE TABLE invitations (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    access_ends_on text,
    secret_hash text NOT NULL,
    expires_at integer NOT NULL,
    accepted_at integer,
    accepted_by blob,
    revoked_at integer,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, accepted_by) REFERENCES members (tenant_id, id)
);
CREATE INDEX invitations_by_age ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_by_email ON invitations (tenant_id, email, created_at, id);
CREATE INDEX invitations_by_member ON invitations (tenant_id, accepted_by);
