ALTER TABLE evidence DROP COLUMN restricted;
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
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
INSERT INTO audits SELECT
    tenant_id, id, kind, title, certification_id, planned_start, planned_end, started_on,
    ended_on, owner_id, team, auditors, criteria, scope, sites, agenda,
    controls, requirements, topics, plan_days, major_days, status, conclusion, summary,
    completed_at, acknowledged, voided_at, end_reason, external_refs, version, created_at
FROM temp.audits_kept;
DROP TABLE temp.audits_kept;
CREATE INDEX audits_by_day ON audits (tenant_id, planned_start, id);
CREATE INDEX audits_by_kind ON audits (tenant_id, kind, planned_start, id);
CREATE INDEX audits_by_status ON audits (tenant_id, status, planned_start, id);
CREATE INDEX audits_by_certification ON audits (tenant_id, certification_id, planned_start, id);
CREATE INDEX audits_by_owner ON audits (tenant_id, owner_id, planned_start, id);
