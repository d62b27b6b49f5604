CREATE TABLE evidence (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    owner_id blob,
    source text,
    covers_from text,
    covers_to text,
    collected_at integer,
    valid_until text,
    controls text NOT NULL,
    requirements text NOT NULL,
    risks text NOT NULL,
    external_refs text NOT NULL,
    content text,
    content_version integer NOT NULL,
    uploaded_at integer,
    uploaded_by blob,
    review text NOT NULL,
    submitted_by blob,
    submitted_at integer,
    reviewed_by blob,
    reviewed_at integer,
    review_reason text,
    accepted_version integer,
    verification text,
    replaced text NOT NULL,
    expires_on text NOT NULL,
    fresh_until text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    evidence_id blob NOT NULL,
    number integer NOT NULL,
    content text NOT NULL,
    sha256 text,
    uploaded_at integer NOT NULL,
    uploaded_by blob NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, number),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
-- Tells which files in the store something refers to.
CREATE INDEX evidence_versions_by_digest ON evidence_versions (tenant_id, sha256);

-- Find the evidence of a control, of a risk and of a requirement; the evidence's own row says the same.
CREATE TABLE evidence_controls (
    tenant_id blob NOT NULL,
    control_id blob NOT NULL,
    evidence_id blob NOT NULL,
    PRIMARY KEY (tenant_id, control_id, evidence_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_controls_by_evidence ON evidence_controls (tenant_id, evidence_id);

CREATE TABLE evidence_risks (
    tenant_id blob NOT NULL,
    risk_id blob NOT NULL,
    evidence_id blob NOT NULL,
    PRIMARY KEY (tenant_id, risk_id, evidence_id),
    FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_risks_by_evidence ON evidence_risks (tenant_id, evidence_id);

CREATE TABLE evidence_requirements (
    tenant_id blob NOT NULL,
    requirement text NOT NULL,
    framework text NOT NULL,
    evidence_id blob NOT NULL,
    PRIMARY KEY (tenant_id, requirement, framework, evidence_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_requirements_by_evidence ON evidence_requirements (tenant_id, evidence_id);
CREATE INDEX evidence_requirements_by_framework ON evidence_requirements (tenant_id, framework, requirement);
