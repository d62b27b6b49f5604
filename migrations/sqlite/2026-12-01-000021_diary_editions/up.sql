-- By which edition of the rules a tenant's diary was written; where there is no row, by one before they were counted.
CREATE TABLE diary_editions (
    tenant_id blob NOT NULL PRIMARY KEY,
    edition integer NOT NULL
);
