-- One row per tenant, from its first risk or its first change of the matrix on.
CREATE TABLE risk_matrices (
    tenant_id blob NOT NULL PRIMARY KEY,
    likelihood text NOT NULL,
    impact text NOT NULL,
    levels text NOT NULL,
    appetite integer NOT NULL,
    version integer NOT NULL
);

-- The columns after external_refs say again what the estimates and the acceptance say, for filters and orders.
CREATE TABLE risks (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    category text,
    asset text,
    system_id blob,
    threat text NOT NULL,
    vulnerability text NOT NULL,
    affects text NOT NULL,
    owner_id blob,
    inherent text,
    residual text,
    treatment text,
    treatment_plan text NOT NULL,
    controls text NOT NULL,
    review_on text,
    status text NOT NULL,
    acceptance text,
    external_refs text NOT NULL,
    score integer NOT NULL,
    highest_likelihood integer NOT NULL,
    highest_impact integer NOT NULL,
    accepted_by blob,
    accepted_on text,
    accepted_until text,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    risk_id blob NOT NULL,
    control_id blob NOT NULL,
    PRIMARY KEY (tenant_id, risk_id, control_id),
    FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX risk_controls_by_control ON risk_controls (tenant_id, control_id, risk_id);
