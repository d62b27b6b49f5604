ALTER TABLE certifications DROP COLUMN said;
