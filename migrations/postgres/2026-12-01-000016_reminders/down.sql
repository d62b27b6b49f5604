DROP INDEX milestones_reminding;
ALTER TABLE milestones DROP COLUMN reminder_told;
ALTER TABLE milestones DROP COLUMN reminds_on;
ALTER TABLE milestones DROP COLUMN remind_days;
DROP TABLE certification_settings;
