-- Outside tenants: the keys that sign access tokens, for every process of the service.
CREATE TABLE signing_keys (
    kid text NOT NULL PRIMARY KEY,
    generation integer NOT NULL UNIQUE,
    public_key text NOT NULL,
    sealed_key text NOT NULL,
    created_at integer NOT NULL,
    signs_from integer NOT NULL,
    retires_at integer
);

CREATE TABLE oauth_clients (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    member_id blob NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    previous_secret_hash text,
    previous_secret_ends_at integer,
    scopes text NOT NULL,
    expires_at integer,
    last_used_at integer,
    external_refs text NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX oauth_clients_by_age ON oauth_clients (tenant_id, created_at, id);
CREATE INDEX oauth_clients_by_member ON oauth_clients (tenant_id, member_id, created_at, id);
