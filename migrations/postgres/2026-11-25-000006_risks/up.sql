-- One row per tenant, from its first risk or its first change of the matrix on.
CREATE TABLE risk_matrices (
    tenant_id uuid PRIMARY KEY,
    likelihood jsonb NOT NULL,
    impact jsonb NOT NULL,
    levels jsonb NOT NULL,
    appetite integer NOT NULL,
    version integer NOT NULL
);

-- The columns after external_refs say again what the estimates and the acceptance say, for filters and orders.
CREATE TABLE risks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    category text COLLATE "C",
    asset text COLLATE "C",
    system_id uuid,
    threat text COLLATE "C" NOT NULL,
    vulnerability text COLLATE "C" NOT NULL,
    affects jsonb NOT NULL,
    owner_id uuid,
    inherent jsonb,
    residual jsonb,
    treatment text COLLATE "C",
    treatment_plan text COLLATE "C" NOT NULL,
    controls jsonb NOT NULL,
    review_on date,
    status text COLLATE "C" NOT NULL,
    acceptance jsonb,
    external_refs jsonb NOT NULL,
    score integer NOT NULL,
    highest_likelihood integer NOT NULL,
    highest_impact integer NOT NULL,
    accepted_by uuid,
    accepted_on date,
    accepted_until date,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, system_id) REFERENCES systems (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, accepted_by) REFERENCES members (tenant_id, id)
);
CREATE UNIQUE INDEX risks_by_code ON risks (tenant_id, code);
CREATE INDEX risks_by_age ON risks (tenant_id, created_at, id);
CREATE INDEX risks_by_score ON risks (tenant_id, score, id);
CREATE INDEX risks_by_owner ON risks (tenant_id, owner_id, code, id);
CREATE INDEX risks_by_owner_age ON risks (tenant_id, owner_id, created_at, id);
CREATE INDEX risks_by_owner_score ON risks (tenant_id, owner_id, score, id);
CREATE INDEX risks_by_system ON risks (tenant_id, system_id, code, id);
CREATE INDEX risks_by_system_age ON risks (tenant_id, system_id, created_at, id);
CREATE INDEX risks_by_system_score ON risks (tenant_id, system_id, score, id);
CREATE INDEX risks_by_status ON risks (tenant_id, status, code, id);
CREATE INDEX risks_by_status_age ON risks (tenant_id, status, created_at, id);
CREATE INDEX risks_by_status_score ON risks (tenant_id, status, score, id);
CREATE INDEX risks_by_category ON risks (tenant_id, category, code, id);
CREATE INDEX risks_by_category_age ON risks (tenant_id, category, created_at, id);
CREATE INDEX risks_by_category_score ON risks (tenant_id, category, score, id);
CREATE INDEX risks_by_treatment ON risks (tenant_id, treatment, code, id);
CREATE INDEX risks_by_treatment_age ON risks (tenant_id, treatment, created_at, id);
CREATE INDEX risks_by_treatment_score ON risks (tenant_id, treatment, score, id);
CREATE INDEX risks_by_review ON risks (tenant_id, review_on, id);
CREATE INDEX risks_by_acceptance ON risks (tenant_id, accepted_until, id);
CREATE INDEX risks_by_accepter ON risks (tenant_id, accepted_by);
CREATE INDEX risks_by_likelihood ON risks (tenant_id, highest_likelihood, code);
CREATE INDEX risks_by_impact ON risks (tenant_id, highest_impact, code);

-- Finds the risks of a control; the risk's own row says the same.
CREATE TABLE risk_controls (
    tenant_id uuid NOT NULL,
    risk_id uuid NOT NULL,
    control_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, risk_id, control_id),
    FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX risk_controls_by_control ON risk_controls (tenant_id, control_id, risk_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['risk_matrices', 'risks', 'risk_controls'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
