-- Outside tenants: the register, and what must be found before the tenant is known.
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    time_zone text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE locators (
    kind text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    tenant_id uuid NOT NULL,
    PRIMARY KEY (kind, hash)
);

CREATE TABLE members (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    email text COLLATE "C",
    role text COLLATE "C" NOT NULL,
    access_ends_on date,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX members_by_email ON members (tenant_id, email);
CREATE INDEX members_by_age ON members (tenant_id, created_at, id);
CREATE INDEX members_by_role ON members (tenant_id, role, created_at, id);
CREATE INDEX members_by_kind ON members (tenant_id, kind, created_at, id);

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    secret_hash text COLLATE "C" NOT NULL,
    scopes jsonb NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX api_keys_by_age ON api_keys (tenant_id, created_at, id);
CREATE INDEX api_keys_by_member ON api_keys (tenant_id, member_id, created_at, id);

CREATE TABLE journal_heads (
    tenant_id uuid PRIMARY KEY,
    seq bigint NOT NULL
);

CREATE TABLE journal (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text COLLATE "C" NOT NULL,
    credential text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    resource_kind text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    version integer,
    after jsonb,
    commitment text COLLATE "C" NOT NULL,
    salt text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX journal_by_resource ON journal (tenant_id, resource_id, seq);
CREATE INDEX journal_by_kind ON journal (tenant_id, resource_kind, seq);
CREATE INDEX journal_by_event ON journal (tenant_id, event, seq);
CREATE INDEX journal_by_actor ON journal (tenant_id, actor, seq);
CREATE INDEX journal_by_time ON journal (tenant_id, at, seq);

CREATE TABLE idempotency (
    tenant_id uuid NOT NULL,
    credential text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    answer text COLLATE "C",
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, credential, key)
);
CREATE INDEX idempotency_by_age ON idempotency (tenant_id, created_at);

CREATE TABLE external_refs (
    tenant_id uuid NOT NULL,
    resource_kind text COLLATE "C" NOT NULL,
    system text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    resource_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, resource_kind, system, external_id)
);
CREATE INDEX external_refs_by_resource ON external_refs (tenant_id, resource_kind, resource_id);

-- Every table of a tenant shows a transaction only the rows of the tenant that it names.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['members', 'api_keys', 'journal_heads', 'journal', 'idempotency', 'external_refs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
