CREATE TABLE attestations (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text NOT NULL,
    report text NOT NULL,
    scope text NOT NULL,
    boundary text NOT NULL,
    systems text NOT NULL,
    plan text NOT NULL,
    counted_from text NOT NULL,
    description text NOT NULL,
    subservices text NOT NULL,
    user_controls text NOT NULL,
    report_evidence_id blob,
    external_refs text NOT NULL,
    state text NOT NULL,
    covers_from text NOT NULL,
    covers_to text NOT NULL,
    report_date text NOT NULL,
    ageing_from text NOT NULL,
    stale_from text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    attestation_id blob NOT NULL,
    system_id blob NOT NULL,
    PRIMARY KEY (tenant_id, attestation_id, system_id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, system_id) REFERENCES systems (tenant_id, id)
);
CREATE INDEX attestation_systems_by_system ON attestation_systems (tenant_id, system_id, attestation_id);

-- What happened to an engagement. Voided, never deleted.
CREATE TABLE attestation_events (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    attestation_id blob NOT NULL,
    sequence integer NOT NULL,
    event text NOT NULL,
    effective_on text NOT NULL,
    details text NOT NULL,
    contradicts text NOT NULL,
    reason text,
    recorded_at integer NOT NULL,
    voided_at integer,
    void_reason text,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id)
);
CREATE UNIQUE INDEX attestation_events_once ON attestation_events (tenant_id, attestation_id, sequence);
CREATE INDEX attestation_events_in_order ON attestation_events (tenant_id, attestation_id, sequence, id);

-- What a practitioner tested, and what management says to it.
CREATE TABLE attestation_tests (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    attestation_id blob NOT NULL,
    control_id blob NOT NULL,
    criterion text NOT NULL,
    procedure text NOT NULL,
    result text NOT NULL,
    exception text,
    management_response text,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX attestation_tests_by_age ON attestation_tests (tenant_id, attestation_id, created_at, id);
CREATE INDEX attestation_tests_by_control ON attestation_tests (tenant_id, control_id);

-- Who got a report. Voided, never deleted.
CREATE TABLE attestation_releases (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    attestation_id blob NOT NULL,
    recipient text NOT NULL,
    agreement text NOT NULL,
    released_on text NOT NULL,
    released_by blob NOT NULL,
    created_at integer NOT NULL,
    voided_at integer,
    void_reason text,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, released_by) REFERENCES members (tenant_id, id)
);
CREATE INDEX attestation_releases_by_day ON attestation_releases (tenant_id, attestation_id, released_on, id);
CREATE INDEX attestation_releases_by_member ON attestation_releases (tenant_id, released_by);
