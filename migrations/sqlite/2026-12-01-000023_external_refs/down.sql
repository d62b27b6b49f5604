DELETE FROM external_refs WHERE resource_kind IN ('tst', 'frw', 'req', 'map');
ALTER TABLE requirement_mappings DROP COLUMN external_refs;
ALTER TABLE custom_requirements DROP COLUMN external_refs;
ALTER TABLE custom_frameworks DROP COLUMN external_refs;
ALTER TABLE control_tests DROP COLUMN external_refs;
