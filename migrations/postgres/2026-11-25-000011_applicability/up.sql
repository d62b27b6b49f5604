CREATE TABLE statements_of_applicability (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    framework text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    owner_id uuid,
    draft_number integer NOT NULL,
    approved jsonb,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE UNIQUE INDEX statements_of_applicability_by_name ON statements_of_applicability (tenant_id, name);
CREATE INDEX statements_of_applicability_by_age ON statements_of_applicability (tenant_id, created_at, id);
CREATE INDEX statements_of_applicability_by_owner ON statements_of_applicability (tenant_id, owner_id, name, id);
CREATE INDEX statements_of_applicability_by_owner_age
    ON statements_of_applicability (tenant_id, owner_id, created_at, id);

-- What was said of a control. An Annex A control of which nothing was said yet has no row.
CREATE TABLE applicability_entries (
    tenant_id uuid NOT NULL,
    statement_id uuid NOT NULL,
    item text COLLATE "C" NOT NULL,
    control_id uuid,
    decision text COLLATE "C" NOT NULL,
    reasons jsonb NOT NULL,
    exclusion text COLLATE "C",
    controls jsonb NOT NULL,
    note text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, statement_id, item),
    FOREIGN KEY (tenant_id, statement_id) REFERENCES statements_of_applicability (tenant_id, id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX applicability_entries_by_control ON applicability_entries (tenant_id, control_id);

-- Finds the entries of a control; the entry's own row says the same.
CREATE TABLE applicability_entry_controls (
    tenant_id uuid NOT NULL,
    statement_id uuid NOT NULL,
    item text COLLATE "C" NOT NULL,
    control_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, statement_id, item, control_id),
    FOREIGN KEY (tenant_id, statement_id, item) REFERENCES applicability_entries (tenant_id, statement_id, item),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id)
);
CREATE INDEX applicability_entry_controls_by_control ON applicability_entry_controls (tenant_id, control_id);

-- Finds the entries of a risk; the entry's own row says the same.
CREATE TABLE applicability_entry_risks (
    tenant_id uuid NOT NULL,
    statement_id uuid NOT NULL,
    item text COLLATE "C" NOT NULL,
    risk_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, statement_id, item, risk_id),
    FOREIGN KEY (tenant_id, statement_id, item) REFERENCES applicability_entries (tenant_id, statement_id, item),
    FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id)
);
CREATE INDEX applicability_entry_risks_by_risk ON applicability_entry_risks (tenant_id, risk_id);

-- A version that was approved. Its row is never changed; the content is kept as the text that its digest covers.
CREATE TABLE applicability_versions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    statement_id uuid NOT NULL,
    number integer NOT NULL,
    label text COLLATE "C" NOT NULL,
    approved_by uuid NOT NULL,
    approved_on date NOT NULL,
    digest text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, statement_id) REFERENCES statements_of_applicability (tenant_id, id),
    FOREIGN KEY (tenant_id, approved_by) REFERENCES members (tenant_id, id)
);
CREATE UNIQUE INDEX applicability_versions_by_number ON applicability_versions (tenant_id, statement_id, number);
CREATE UNIQUE INDEX applicability_versions_by_label ON applicability_versions (tenant_id, statement_id, label);
CREATE INDEX applicability_versions_by_approver ON applicability_versions (tenant_id, approved_by);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['statements_of_applicability', 'applicability_entries', 'applicability_entry_controls',
                                'applicability_entry_risks', 'applicability_versions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
