CREATE TABLE certification_bodies (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text NOT NULL,
    website text,
    register_url text,
    accreditations text NOT NULL,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX certification_bodies_by_name ON certification_bodies (tenant_id, name);
CREATE INDEX certification_bodies_by_age ON certification_bodies (tenant_id, created_at, id);

CREATE TABLE certifications (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    body_id blob NOT NULL,
    number text,
    revision text,
    standard text NOT NULL,
    edition text NOT NULL,
    legal_entity text NOT NULL,
    address text NOT NULL,
    scope text NOT NULL,
    sites text NOT NULL,
    settings text,
    soa_version text,
    document_digest text,
    register_url text,
    external_refs text NOT NULL,
    expires_on text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, body_id) REFERENCES certification_bodies (tenant_id, id)
);
CREATE UNIQUE INDEX certifications_by_body ON certifications (tenant_id, body_id, number);
CREATE INDEX certifications_by_expiry ON certifications (tenant_id, expires_on, id);
CREATE INDEX certifications_by_number ON certifications (tenant_id, number, id);
CREATE INDEX certifications_by_age ON certifications (tenant_id, created_at, id);

-- What happened to a certificate. Voided, never deleted.
CREATE TABLE certification_events (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    certification_id blob NOT NULL,
    sequence integer NOT NULL,
    event text NOT NULL,
    effective_on text NOT NULL,
    audit text,
    printed text,
    details text,
    reason text,
    contradicts text NOT NULL,
    recorded_at integer NOT NULL,
    voided_at integer,
    void_reason text,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id)
);
CREATE UNIQUE INDEX certification_events_in_order ON certification_events (tenant_id, certification_id, sequence);
