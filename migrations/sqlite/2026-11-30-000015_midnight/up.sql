-- What was told of each date: the window's day, the due day, and the due day once it was over. Told anew where it moved.
ALTER TABLE milestones ADD COLUMN opened_told text;
ALTER TABLE milestones ADD COLUMN due_told text;
ALTER TABLE milestones ADD COLUMN overdue_told text;
CREATE INDEX milestones_opening ON milestones (tenant_id, window_opens) WHERE cancelled_at IS NULL AND done_on IS NULL;
