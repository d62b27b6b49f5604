DROP INDEX milestones_opening;
ALTER TABLE milestones DROP COLUMN overdue_told;
ALTER TABLE milestones DROP COLUMN due_told;
ALTER TABLE milestones DROP COLUMN opened_told;
