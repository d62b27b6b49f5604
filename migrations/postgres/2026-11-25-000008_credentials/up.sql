-- Outside tenants: the keys that sign access tokens, for every process of the service.
CREATE TABLE signing_keys (
    kid text COLLATE "C" PRIMARY KEY,
    generation integer NOT NULL UNIQUE,
    public_key text COLLATE "C" NOT NULL,
    sealed_key text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    retires_at timestamptz
);

CREATE TABLE oauth_clients (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    secret_hash text COLLATE "C" NOT NULL,
    previous_secret_hash text COLLATE "C",
    previous_secret_ends_at timestamptz,
    scopes jsonb NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    external_refs jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX oauth_clients_by_age ON oauth_clients (tenant_id, created_at, id);
CREATE INDEX oauth_clients_by_member ON oauth_clients (tenant_id, member_id, created_at, id);

ALTER TABLE oauth_clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_clients FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON oauth_clients
    USING (tenant_id = nullif(current_setting('attestd.tenant', true), '')::uuid);
