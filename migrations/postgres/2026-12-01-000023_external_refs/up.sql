-- Names in other systems, of what had none.
ALTER TABLE control_tests ADD COLUMN external_refs jsonb NOT NULL DEFAULT '[]';
ALTER TABLE custom_frameworks ADD COLUMN external_refs jsonb NOT NULL DEFAULT '[]';
ALTER TABLE custom_requirements ADD COLUMN external_refs jsonb NOT NULL DEFAULT '[]';
ALTER TABLE requirement_mappings ADD COLUMN external_refs jsonb NOT NULL DEFAULT '[]';

-- Since when an identity provider is proved to be its tenant's: those that let people in until now are.
ALTER TABLE identity_providers ADD COLUMN proven_at timestamptz;
-- Whoever migrates names no tenant: while row-level security is not forced, the table's owner sees all rows.
ALTER TABLE identity_providers NO FORCE ROW LEVEL SECURITY;
UPDATE identity_providers SET proven_at = created_at;
ALTER TABLE identity_providers FORCE ROW LEVEL SECURITY;
