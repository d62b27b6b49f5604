DROP TABLE certification_statements;
ALTER TABLE certifications DROP COLUMN soa_version_id;
