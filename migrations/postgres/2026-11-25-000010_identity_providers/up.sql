CREATE TABLE identity_providers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    audience text COLLATE "C" NOT NULL,
    algorithms jsonb NOT NULL,
    subject_claim text COLLATE "C" NOT NULL,
    email_claim text COLLATE "C" NOT NULL,
    name_claim text COLLATE "C" NOT NULL,
    role_claim text COLLATE "C",
    role_rules jsonb NOT NULL,
    default_role text COLLATE "C",
    provisioning text COLLATE "C" NOT NULL,
    scopes jsonb NOT NULL,
    enabled boolean NOT NULL,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX identity_providers_by_name ON identity_providers (tenant_id, name);
CREATE UNIQUE INDEX identity_providers_by_issuer ON identity_providers (tenant_id, issuer, audience);
CREATE INDEX identity_providers_by_age ON identity_providers (tenant_id, created_at, id);

-- Who somebody at a provider is here.
CREATE TABLE identities (
    tenant_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    subject text COLLATE "C" NOT NULL,
    member_id uuid NOT NULL,
    by_claims boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider_id, subject),
    FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX identities_by_member ON identities (tenant_id, member_id);

CREATE TABLE invitations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    access_ends_on date,
    secret_hash text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, accepted_by) REFERENCES members (tenant_id, id)
);
CREATE INDEX invitations_by_age ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_by_email ON invitations (tenant_id, email, created_at, id);
CREATE INDEX invitations_by_member ON invitations (tenant_id, accepted_by);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['identity_providers', 'identities', 'invitations'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
