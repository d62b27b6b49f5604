-- The engagement that an audit serves, and which audit of a programme it is.
ALTER TABLE audits ADD COLUMN attestation_id uuid;
ALTER TABLE audits ADD COLUMN programme_id uuid;
ALTER TABLE audits ADD COLUMN programme_audit integer;
ALTER TABLE audits ADD FOREIGN KEY (tenant_id, attestation_id) REFERENCES attestations (tenant_id, id);
ALTER TABLE audits ADD FOREIGN KEY (tenant_id, programme_id) REFERENCES isms_records (tenant_id, id);
CREATE INDEX audits_by_attestation ON audits (tenant_id, attestation_id, planned_start, id);
CREATE INDEX audits_by_programme ON audits (tenant_id, programme_id, planned_start, id);
-- One audit at the most is an audit that a programme plans.
CREATE UNIQUE INDEX audits_as_planned ON audits (tenant_id, programme_id, programme_audit)
    WHERE status IN ('planned', 'in_progress', 'completed');

-- Evidence whose file not everybody reads who reads evidence: the reports of engagements are.
ALTER TABLE evidence ADD COLUMN restricted boolean NOT NULL DEFAULT false;
-- Whoever migrates names no tenant: while row-level security is not forced, the tables' owner sees all rows.
ALTER TABLE evidence NO FORCE ROW LEVEL SECURITY;
ALTER TABLE attestations NO FORCE ROW LEVEL SECURITY;
UPDATE evidence SET restricted = true WHERE EXISTS (
    SELECT 1 FROM attestations
    WHERE attestations.tenant_id = evidence.tenant_id AND attestations.report_evidence_id = evidence.id
);
ALTER TABLE attestations FORCE ROW LEVEL SECURITY;
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
