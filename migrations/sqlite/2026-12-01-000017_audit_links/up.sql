-- The engagement that an audit serves, and which audit of a programme it is. SQLite adds no composite reference to a table that
-- is there: it is made anew, and what refers to it is held against the new one when this migration commits.
PRAGMA defer_foreign_keys = ON;
CREATE TEMPORARY TABLE audits_kept AS SELECT * FROM audits;
DROP TABLE audits;
CREATE TABLE audits (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    certification_id blob,
    planned_start text NOT NULL,
    planned_end text NOT NULL,
    started_on text,
    ended_on text,
    owner_id blob,
    team text NOT NULL,
    auditors text NOT NULL,
    criteria text NOT NULL,
    scope text NOT NULL,
    sites text NOT NULL,
    agenda text NOT NULL,
    controls text NOT NULL,
    requirements text NOT NULL,
    topics text NOT NULL,
    plan_days integer,
    major_days integer,
    status text NOT NULL,
    conclusion text,
    summary text NOT NULL,
    completed_at integer,
    acknowledged text,
    voided_at integer,
    end_reason text,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    attestation_id blob,
    programme_id blob,
    programme_audit integer,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id),
    FOREIGN KEY (tenant_id, programme_id) REFERENCES isms_records (tenant_id, id)
);
INSERT INTO audits SELECT *, NULL, NULL, NULL FROM temp.audits_kept;
DROP TABLE temp.audits_kept;
CREATE INDEX audits_by_day ON audits (tenant_id, planned_start, id);
CREATE INDEX audits_by_kind ON audits (tenant_id, kind, planned_start, id);
CREATE INDEX audits_by_status ON audits (tenant_id, status, planned_start, id);
CREATE INDEX audits_by_certification ON audits (tenant_id, certification_id, planned_start, id);
CREATE INDEX audits_by_owner ON audits (tenant_id, owner_id, planned_start, id);
CREATE INDEX audits_by_attestation ON audits (tenant_id, attestation_id, planned_start, id);
CREATE INDEX audits_by_programme ON audits (tenant_id, programme_id, planned_start, id);
-- One audit at the most is an audit that a programme plans.
CREATE UNIQUE INDEX audits_as_planned ON audits (tenant_id, programme_id, programme_audit)
    WHERE status IN ('planned', 'in_progress', 'completed');

-- Evidence whose file not everybody reads who reads evidence: the reports of engagements are.
ALTER TABLE evidence ADD COLUMN restricted integer NOT NULL DEFAULT 0;
UPDATE evidence SET restricted = 1 WHERE EXISTS (
    SELECT 1 FROM attestations
    WHERE attestations.tenant_id = evidence.tenant_id AND attestations.report_evidence_id = evidence.id
);
