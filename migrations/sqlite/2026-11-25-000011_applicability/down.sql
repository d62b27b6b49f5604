DROP TABLE applicability_versions;
DROP TABLE applicability_entry_risks;
DROP TABLE applicability_entry_controls;
DROP TABLE applicability_entries;
DROP TABLE statements_of_applicability;
