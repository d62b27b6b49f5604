-- Outside tenants: the register, and what must be found before the tenant is known.
CREATE TABLE tenants (
    id blob NOT NULL PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    time_zone text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL
);

CREATE TABLE locators (
    kind text NOT NULL,
    hash text NOT NULL,
    tenant_id blob NOT NULL,
    PRIMARY KEY (kind, hash)
);

CREATE TABLE members (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    email text,
    role text NOT NULL,
    access_ends_on text,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX members_by_email ON members (tenant_id, email);
CREATE INDEX members_by_age ON members (tenant_id, created_at, id);
CREATE INDEX members_by_role ON members (tenant_id, role, created_at, id);
CREATE INDEX members_by_kind ON members (tenant_id, kind, created_at, id);

CREATE TABLE api_keys (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    member_id blob NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    scopes text NOT NULL,
    expires_at integer,
    last_used_at integer,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX api_keys_by_age ON api_keys (tenant_id, created_at, id);
CREATE INDEX api_keys_by_member ON api_keys (tenant_id, member_id, created_at, id);

CREATE TABLE journal_heads (
    tenant_id blob NOT NULL PRIMARY KEY,
    seq integer NOT NULL
);

CREATE TABLE journal (
    tenant_id blob NOT NULL,
    seq integer NOT NULL,
    at integer NOT NULL,
    actor text NOT NULL,
    credential text NOT NULL,
    request_id text NOT NULL,
    event text NOT NULL,
    resource_kind text NOT NULL,
    resource_id text NOT NULL,
    version integer,
    after text,
    commitment text NOT NULL,
    salt text NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX journal_by_resource ON journal (tenant_id, resource_id, seq);
CREATE INDEX journal_by_kind ON journal (tenant_id, resource_kind, seq);
CREATE INDEX journal_by_event ON journal (tenant_id, event, seq);
CREATE INDEX journal_by_actor ON journal (tenant_id, actor, seq);
CREATE INDEX journal_by_time ON journal (tenant_id, at, seq);

CREATE TABLE idempotency (
    tenant_id blob NOT NULL,
    credential text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    answer text,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, credential, key)
);
CREATE INDEX idempotency_by_age ON idempotency (tenant_id, created_at);

CREATE TABLE external_refs (
    tenant_id blob NOT NULL,
    resource_kind text NOT NULL,
    system text NOT NULL,
    external_id text NOT NULL,
    resource_id blob NOT NULL,
    PRIMARY KEY (tenant_id, resource_kind, system, external_id)
);
CREATE INDEX external_refs_by_resource ON external_refs (tenant_id, resource_kind, resource_id);
