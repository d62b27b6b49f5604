-- By which edition of the rules a tenant's diary was written; where there is no row, by one before they were counted.
CREATE TABLE diary_editions (
    tenant_id uuid PRIMARY KEY,
    edition integer NOT NULL
);

ALTER TABLE diary_editions ENABLE ROW LEVEL SECURITY;
ALTER TABLE diary_editions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON diary_editions
    USING (tenant_id = nullif(current_setting('attestd.tenant', true), '')::uuid);
