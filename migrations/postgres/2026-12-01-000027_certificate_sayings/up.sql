-- What a certificate said before its events, and how that was corrected since. What was entered before this is told by its row.
ALTER TABLE certifications ADD COLUMN said jsonb NOT NULL DEFAULT '[]';
