-- The approved version of a Statement of Applicability that a certificate names.
ALTER TABLE certifications ADD COLUMN soa_version_id blob;

-- Holds that version; the certificate's own row says the same.
CREATE TABLE certification_statements (
    tenant_id blob NOT NULL,
    version_id blob NOT NULL,
    certification_id blob NOT NULL,
    PRIMARY KEY (tenant_id, version_id, certification_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES applicability_versions (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id)
);
CREATE INDEX certification_statements_by_certification ON certification_statements (tenant_id, certification_id);
