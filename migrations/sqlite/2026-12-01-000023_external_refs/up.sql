-- Names in other systems, of what had none.
ALTER TABLE control_tests ADD COLUMN external_refs text NOT NULL DEFAULT '[]';
ALTER TABLE custom_frameworks ADD COLUMN external_refs text NOT NULL DEFAULT '[]';
ALTER TABLE custom_requirements ADD COLUMN external_refs text NOT NULL DEFAULT '[]';
ALTER TABLE requirement_mappings ADD COLUMN external_refs text NOT NULL DEFAULT '[]';
