-- Whoever migrates names no tenant: while row-level security is not forced, the tables' owner sees all rows.
ALTER TABLE external_refs NO FORCE ROW LEVEL SECURITY;
DELETE FROM external_refs WHERE resource_kind IN ('tst', 'frw', 'req', 'map');
ALTER TABLE external_refs FORCE ROW LEVEL SECURITY;
ALTER TABLE requirement_mappings DROP COLUMN external_refs;
ALTER TABLE custom_requirements DROP COLUMN external_refs;
ALTER TABLE custom_frameworks DROP COLUMN external_refs;
ALTER TABLE control_tests DROP COLUMN external_refs;
