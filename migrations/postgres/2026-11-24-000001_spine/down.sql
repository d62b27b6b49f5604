DROP TABLE external_refs;
DROP TABLE idempotency;
DROP TABLE journal;
DROP TABLE journal_heads;
DROP TABLE api_keys;
DROP TABLE members;
DROP TABLE locators;
DROP TABLE tenants;
