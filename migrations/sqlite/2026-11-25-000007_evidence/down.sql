DROP TABLE evidence_requirements;
DROP TABLE evidence_risks;
DROP TABLE evidence_controls;
DROP TABLE evidence_versions;
DROP TABLE evidence;
