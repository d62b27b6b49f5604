CREATE TABLE certification_bodies (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    website text COLLATE "C",
    register_url text COLLATE "C",
    accreditations jsonb NOT NULL,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX certification_bodies_by_name ON certification_bodies (tenant_id, name);
CREATE INDEX certification_bodies_by_age ON certification_bodies (tenant_id, created_at, id);

CREATE TABLE certifications (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    body_id uuid NOT NULL,
    number text COLLATE "C",
    revision text COLLATE "C",
    standard text COLLATE "C" NOT NULL,
    edition text COLLATE "C" NOT NULL,
    legal_entity text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    sites jsonb NOT NULL,
    settings jsonb,
    soa_version text COLLATE "C",
    document_digest text COLLATE "C",
    register_url text COLLATE "C",
    external_refs jsonb NOT NULL,
    expires_on date NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, body_id) REFERENCES certification_bodies (tenant_id, id)
);
CREATE UNIQUE INDEX certifications_by_body ON certifications (tenant_id, body_id, number);
CREATE INDEX certifications_by_expiry ON certifications (tenant_id, expires_on, id);
CREATE INDEX certifications_by_number ON certifications (tenant_id, number, id);
CREATE INDEX certifications_by_age ON certifications (tenant_id, created_at, id);

-- What happened to a certificate. Voided, never deleted.
CREATE TABLE certification_events (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    certification_id uuid NOT NULL,
    sequence integer NOT NULL,
    event text COLLATE "C" NOT NULL,
    effective_on date NOT NULL,
    audit jsonb,
    printed jsonb,
    details jsonb,
    reason text COLLATE "C",
    contradicts jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    voided_at timestamptz,
    void_reason text COLLATE "C",
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id)
);
CREATE UNIQUE INDEX certification_events_in_order ON certification_events (tenant_id, certification_id, sequence);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['certification_bodies', 'certifications', 'certification_events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
