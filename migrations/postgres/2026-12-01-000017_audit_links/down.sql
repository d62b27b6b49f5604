ALTER TABLE evidence DROP COLUMN restricted;
DROP INDEX audits_as_planned;
DROP INDEX audits_by_programme;
DROP INDEX audits_by_attestation;
ALTER TABLE audits DROP COLUMN programme_audit;
ALTER TABLE audits DROP COLUMN programme_id;
ALTER TABLE audits DROP COLUMN attestation_id;
