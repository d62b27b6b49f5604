CREATE TABLE controls (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    owner_id uuid,
    status text COLLATE "C" NOT NULL,
    kind text COLLATE "C",
    frequency text COLLATE "C",
    automation text COLLATE "C",
    freshness_days integer,
    requirements jsonb NOT NULL,
    topics jsonb NOT NULL,
    aspects jsonb NOT NULL,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
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
    tenant_id uuid NOT NULL,
    requirement text COLLATE "C" NOT NULL,
    framework text COLLATE "C" NOT NULL,
    control_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, requirement, framework, control_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX control_requirements_by_control ON control_requirements (tenant_id, control_id);
CREATE INDEX control_requirements_by_framework ON control_requirements (tenant_id, framework, requirement);

-- Finds the controls of a topic or an aspect; the control's own row says the same.
CREATE TABLE control_tags (
    tenant_id uuid NOT NULL,
    tag text COLLATE "C" NOT NULL,
    control_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, tag, control_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX control_tags_by_control ON control_tags (tenant_id, control_id);

CREATE TABLE control_tests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    control_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    procedure text COLLATE "C" NOT NULL,
    population text COLLATE "C" NOT NULL,
    population_size integer,
    sample_size integer,
    result text COLLATE "C" NOT NULL,
    exceptions jsonb NOT NULL,
    tester_id uuid,
    performed_on date NOT NULL,
    next_due date,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, tester_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX control_tests_by_day ON control_tests (tenant_id, control_id, performed_on, id);
CREATE INDEX control_tests_by_tester ON control_tests (tenant_id, tester_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['controls', 'control_requirements', 'control_tags', 'control_tests'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
