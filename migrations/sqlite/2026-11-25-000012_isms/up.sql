-- A record of the management system. `facts` is all of it; the columns before say again what is filtered, ordered and
-- kept unique. `next_due` is the last day of the calendar where nothing is due, so that an order by it has no nulls.
CREATE TABLE isms_records (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    kind text NOT NULL,
    code text,
    title text NOT NULL,
    status text NOT NULL,
    owner_id blob,
    next_due text NOT NULL,
    facts text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE UNIQUE INDEX isms_records_by_code ON isms_records (tenant_id, kind, code);
CREATE INDEX isms_records_by_title ON isms_records (tenant_id, kind, title, id);
CREATE INDEX isms_records_by_due ON isms_records (tenant_id, kind, next_due, id);
CREATE INDEX isms_records_by_age ON isms_records (tenant_id, kind, created_at, id);
CREATE INDEX isms_records_by_status ON isms_records (tenant_id, kind, status, title, id);
CREATE INDEX isms_records_by_status_due ON isms_records (tenant_id, kind, status, next_due, id);
CREATE INDEX isms_records_by_status_age ON isms_records (tenant_id, kind, status, created_at, id);
CREATE INDEX isms_records_by_owner ON isms_records (tenant_id, owner_id, kind, title, id);
CREATE INDEX isms_records_by_owner_due ON isms_records (tenant_id, owner_id, kind, next_due, id);
CREATE INDEX isms_records_by_owner_age ON isms_records (tenant_id, owner_id, kind, created_at, id);

-- What a record names, one of the four in each row; the record's facts say the same.
CREATE TABLE isms_links (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    record_id blob NOT NULL,
    member_id blob,
    control_id blob,
    risk_id blob,
    other_id blob,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, record_id) REFERENCES isms_records (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
    FOREIGN KEY (tenant_id, other_id) REFERENCES isms_records (tenant_id, id)
);
CREATE INDEX isms_links_by_record ON isms_links (tenant_id, record_id);
CREATE INDEX isms_links_by_member ON isms_links (tenant_id, member_id);
CREATE INDEX isms_links_by_control ON isms_links (tenant_id, control_id);
CREATE INDEX isms_links_by_risk ON isms_links (tenant_id, risk_id);
CREATE INDEX isms_links_by_other ON isms_links (tenant_id, other_id);

-- What hangs on a record and is never rewritten: its approved editions, and the measurements of an objective.
CREATE TABLE isms_parts (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    record_id blob NOT NULL,
    kind text NOT NULL,
    number integer NOT NULL,
    on_day text NOT NULL,
    member_id blob NOT NULL,
    facts text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, record_id) REFERENCES isms_records (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX isms_parts_by_number ON isms_parts (tenant_id, record_id, kind, number, id);
CREATE INDEX isms_parts_by_day ON isms_parts (tenant_id, record_id, kind, on_day, id);
CREATE INDEX isms_parts_by_member ON isms_parts (tenant_id, member_id);
