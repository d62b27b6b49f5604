CREATE TABLE controls (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    owner_id blob,
    status text NOT NULL,
    kind text,
    frequency text,
    automation text,
    freshness_days integer,
    requirements text NOT NULL,
    topics text NOT NULL,
    aspects text NOT NULL,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE UNIQUE INDEX controls_by_code ON controls (tenant_id, code);
CREATE INDEX controls_by_age ON controls (tenant_id, created_at, id);
CREATE INDEX controls_by_owner ON controls (tenant_id, owner_id, code, id);
CREATE INDEX controls_by_owner_age ON controls (tenant_id, owner_id, created_at, id);
CREATE INDEX controls_by_status ON controls (tenant_id, status, code, id);
CREATE INDEX controls_by_status_age ON controls (tenant_id, status, created_at, id);
CREATE INDEX controls_by_kind ON controls (tenant_id, kind, code, id);
CREATE INDEX controls_by_kind_age ON controls (tenant_id, kind, created_at, id);

-- Finds the controls of a requirement; the control's own row says the same.
CREATE TABLE control_requirements (
    tenant_id blob NOT NULL,
    requirement text NOT NULL,
    framework text NOT NULL,
    control_id blob NOT NULL,
    PRIMARY KEY (tenant_id, requirement, framework, control_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX control_requirements_by_control ON control_requirements (tenant_id, control_id);
CREATE INDEX control_requirements_by_framework ON control_requirements (tenant_id, framework, requirement);

-- Finds the controls of a topic or an aspect; the control's own row says the same.
CREATE TABLE control_tags (
    tenant_id blob NOT NULL,
    tag text NOT NULL,
    control_id blob NOT NULL,
    PRIMARY KEY (tenant_id, tag, control_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX control_tags_by_control ON control_tags (tenant_id, control_id);

CREATE TABLE control_tests (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    control_id blob NOT NULL,
    kind text NOT NULL,
    procedure text NOT NULL,
    population text NOT NULL,
    population_size integer,
    sample_size integer,
    result text NOT NULL,
    exceptions text NOT NULL,
    tester_id blob,
    performed_on text NOT NULL,
    next_due text,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, tester_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX control_tests_by_day ON control_tests (tenant_id, control_id, performed_on, id);
CREATE INDEX control_tests_by_tester ON control_tests (tenant_id, tester_id);

