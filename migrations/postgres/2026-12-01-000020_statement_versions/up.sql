-- The approved version of a Statement of Applicability that a certificate names.
ALTER TABLE certifications ADD COLUMN soa_version_id uuid;

-- Holds that version; the certificate's own row says the same.
CREATE TABLE certification_statements (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    certification_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, version_id, certification_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES applicability_versions (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id)
);
CREATE INDEX certification_statements_by_certification ON certification_statements (tenant_id, certification_id);

ALTER TABLE certification_statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE certification_statements FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON certification_statements
    USING (tenant_id = nullif(current_setting('attestd.tenant', true), '')::uuid);
