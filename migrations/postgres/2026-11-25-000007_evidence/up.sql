CREATE TABLE evidence (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    owner_id uuid,
    source text COLLATE "C",
    covers_from date,
    covers_to date,
    collected_at timestamptz,
    valid_until date,
    controls jsonb NOT NULL,
    requirements jsonb NOT NULL,
    risks jsonb NOT NULL,
    external_refs jsonb NOT NULL,
    content jsonb,
    content_version integer NOT NULL,
    uploaded_at timestamptz,
    uploaded_by uuid,
    review text COLLATE "C" NOT NULL,
    submitted_by uuid,
    submitted_at timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    review_reason text COLLATE "C",
    accepted_version integer,
    verification jsonb,
    replaced jsonb NOT NULL,
    expires_on date NOT NULL,
    fresh_until date NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
-- Also tells what a state is compared with: the last good day, and the last fresh one; 9999-12-31 for never.
CREATE INDEX evidence_by_age ON evidence (tenant_id, created_at, id, expires_on, fresh_until);
CREATE INDEX evidence_by_kind ON evidence (tenant_id, kind, created_at, id);
CREATE INDEX evidence_by_review ON evidence (tenant_id, review, created_at, id);
CREATE INDEX evidence_by_owner ON evidence (tenant_id, owner_id, created_at, id);

-- Every content that a piece of evidence ever had.
CREATE TABLE evidence_versions (
    tenant_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    number integer NOT NULL,
    content jsonb NOT NULL,
    sha256 text COLLATE "C",
    uploaded_at timestamptz NOT NULL,
    uploaded_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, number),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
-- Tells which files in the store something refers to.
CREATE INDEX evidence_versions_by_digest ON evidence_versions (tenant_id, sha256);

-- Find the evidence of a control, of a risk and of a requirement; the evidence's own row says the same.
CREATE TABLE evidence_controls (
    tenant_id uuid NOT NULL,
    control_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, control_id, evidence_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_controls_by_evidence ON evidence_controls (tenant_id, evidence_id);

CREATE TABLE evidence_risks (
    tenant_id uuid NOT NULL,
    risk_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, risk_id, evidence_id),
    FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_risks_by_evidence ON evidence_risks (tenant_id, evidence_id);

CREATE TABLE evidence_requirements (
    tenant_id uuid NOT NULL,
    requirement text COLLATE "C" NOT NULL,
    framework text COLLATE "C" NOT NULL,
    evidence_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, requirement, framework, evidence_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_requirements_by_evidence ON evidence_requirements (tenant_id, evidence_id);
CREATE INDEX evidence_requirements_by_framework ON evidence_requirements (tenant_id, framework, requirement);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['evidence', 'evidence_versions', 'evidence_controls', 'evidence_risks', 'evidence_requirements'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
