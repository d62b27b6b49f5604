-- How the dates of certificates are counted that say nothing else: one row per tenant, from its first certificate or its
-- first change of them on.
CREATE TABLE certification_settings (
    tenant_id uuid PRIMARY KEY,
    settings jsonb NOT NULL,
    version integer NOT NULL
);

ALTER TABLE certification_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE certification_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON certification_settings
    USING (tenant_id = nullif(current_setting('attestd.tenant', true), '')::uuid);

-- How many days before it is due a date is reminded of, the next such day that was not told, and the last that was.
ALTER TABLE milestones ADD COLUMN remind_days jsonb NOT NULL DEFAULT '[]';
ALTER TABLE milestones ADD COLUMN reminds_on date;
ALTER TABLE milestones ADD COLUMN reminder_told date;
CREATE INDEX milestones_reminding ON milestones (tenant_id, reminds_on) WHERE cancelled_at IS NULL AND done_on IS NULL;

-- Every certificate so far is reminded of in the usual way, from today on. Whoever migrates names no tenant: while row-level
-- security is not forced, the tables' owner sees all rows.
ALTER TABLE milestones NO FORCE ROW LEVEL SECURITY;
UPDATE milestones
SET remind_days = '[90, 30, 7]',
    reminds_on = CASE
        WHEN done_on IS NOT NULL THEN NULL
        WHEN due - 90 >= current_date THEN due - 90
        WHEN due - 30 >= current_date THEN due - 30
        WHEN due - 7 >= current_date THEN due - 7
    END
WHERE resource_kind = 'certification';
ALTER TABLE milestones FORCE ROW LEVEL SECURITY;
