-- How the dates of certificates are counted that say nothing else: one row per tenant, from its first certificate or its
-- first change of them on.
CREATE TABLE certification_settings (
    tenant_id blob NOT NULL PRIMARY KEY,
    settings text NOT NULL,
    version integer NOT NULL
);

-- How many days before it is due a date is reminded of, the next such day that was not told, and the last that was.
ALTER TABLE milestones ADD COLUMN remind_days text NOT NULL DEFAULT '[]';
ALTER TABLE milestones ADD COLUMN reminds_on text;
ALTER TABLE milestones ADD COLUMN reminder_told text;
CREATE INDEX milestones_reminding ON milestones (tenant_id, reminds_on) WHERE cancelled_at IS NULL AND done_on IS NULL;

-- Every certificate so far is reminded of in the usual way, from today on.
UPDATE milestones
SET remind_days = '[90, 30, 7]',
    reminds_on = CASE
        WHEN done_on IS NOT NULL THEN NULL
        WHEN date(due, '-90 days') >= date('now') THEN date(due, '-90 days')
        WHEN date(due, '-30 days') >= date('now') THEN date(due, '-30 days')
        WHEN date(due, '-7 days') >= date('now') THEN date(due, '-7 days')
    END
WHERE resource_kind = 'certification';
