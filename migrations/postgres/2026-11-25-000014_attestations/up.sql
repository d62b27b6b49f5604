CREATE TABLE attestations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    report text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    boundary text COLLATE "C" NOT NULL,
    systems jsonb NOT NULL,
    plan jsonb NOT NULL,
    counted_from text COLLATE "C" NOT NULL,
    description jsonb NOT NULL,
    subservices jsonb NOT NULL,
    user_controls jsonb NOT NULL,
    report_evidence_id uuid,
    external_refs jsonb NOT NULL,
    state text COLLATE "C" NOT NULL,
    covers_from date NOT NULL,
    covers_to date NOT NULL,
    report_date date NOT NULL,
    ageing_from date NOT NULL,
    stale_from date NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, report_evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX attestations_by_end ON attestations (tenant_id, covers_to, id);
CREATE INDEX attestations_by_scope ON attestations (tenant_id, scope, covers_to, id);
CREATE INDEX attestations_by_state ON attestations (tenant_id, state, covers_to, id);
CREATE INDEX attestations_by_report ON attestations (tenant_id, report, covers_to, id);
CREATE INDEX attestations_by_age ON attestations (tenant_id, created_at, id);
CREATE INDEX attestations_by_name ON attestations (tenant_id, name, id);
CREATE INDEX attestations_by_staleness ON attestations (tenant_id, stale_from, id);
CREATE INDEX attestations_by_evidence ON attestations (tenant_id, report_evidence_id);

-- The systems that an engagement speaks of.
CREATE TABLE attestation_systems (
    tenant_id uuid NOT NULL,
    attestation_id uuid NOT NULL,
    system_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, attestation_id, system_id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, system_id) REFERENCES systems (tenant_id, id)
);
CREATE INDEX attestation_systems_by_system ON attestation_systems (tenant_id, system_id, attestation_id);

-- What happened to an engagement. Voided, never deleted.
CREATE TABLE attestation_events (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    attestation_id uuid NOT NULL,
    sequence integer NOT NULL,
    event text COLLATE "C" NOT NULL,
    effective_on date NOT NULL,
    details jsonb NOT NULL,
    contradicts jsonb NOT NULL,
    reason text COLLATE "C",
    recorded_at timestamptz NOT NULL,
    voided_at timestamptz,
    void_reason text COLLATE "C",
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id)
);
CREATE UNIQUE INDEX attestation_events_once ON attestation_events (tenant_id, attestation_id, sequence);
CREATE INDEX attestation_events_in_order ON attestation_events (tenant_id, attestation_id, sequence, id);

-- What a practitioner tested, and what management says to it.
CREATE TABLE attestation_tests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    attestation_id uuid NOT NULL,
    control_id uuid NOT NULL,
    criterion text COLLATE "C" NOT NULL,
    procedure text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    exception text COLLATE "C",
    management_response text COLLATE "C",
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX attestation_tests_by_age ON attestation_tests (tenant_id, attestation_id, created_at, id);
CREATE INDEX attestation_tests_by_control ON attestation_tests (tenant_id, control_id);

-- Who got a report. Voided, never deleted.
CREATE TABLE attestation_releases (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    attestation_id uuid NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    agreement text COLLATE "C" NOT NULL,
    released_on date NOT NULL,
    released_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    voided_at timestamptz,
    void_reason text COLLATE "C",
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, released_by) REFERENCES members (tenant_id, id)
);
CREATE INDEX attestation_releases_by_day ON attestation_releases (tenant_id, attestation_id, released_on, id);
CREATE INDEX attestation_releases_by_member ON attestation_releases (tenant_id, released_by);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['attestations', 'attestation_systems', 'attestation_events', 'attestation_tests', 'attestation_releases'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
