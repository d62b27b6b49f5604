CREATE TABLE audits (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    certification_id uuid,
    planned_start date NOT NULL,
    planned_end date NOT NULL,
    started_on date,
    ended_on date,
    owner_id uuid,
    team jsonb NOT NULL,
    auditors jsonb NOT NULL,
    criteria text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    sites jsonb NOT NULL,
    agenda jsonb NOT NULL,
    controls jsonb NOT NULL,
    requirements jsonb NOT NULL,
    topics jsonb NOT NULL,
    plan_days integer,
    major_days integer,
    status text COLLATE "C" NOT NULL,
    conclusion text COLLATE "C",
    summary text COLLATE "C" NOT NULL,
    completed_at timestamptz,
    acknowledged jsonb,
    voided_at timestamptz,
    end_reason text COLLATE "C",
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, certification_id) REFERENCES certifications (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX audits_by_day ON audits (tenant_id, planned_start, id);
CREATE INDEX audits_by_kind ON audits (tenant_id, kind, planned_start, id);
CREATE INDEX audits_by_status ON audits (tenant_id, status, planned_start, id);
CREATE INDEX audits_by_certification ON audits (tenant_id, certification_id, planned_start, id);
CREATE INDEX audits_by_owner ON audits (tenant_id, owner_id, planned_start, id);

-- Find the audits that sample a control, and those that a member is on; the audit's own row says the same.
CREATE TABLE audit_controls (
    tenant_id uuid NOT NULL,
    control_id uuid NOT NULL,
    audit_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, control_id, audit_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id)
);
CREATE INDEX audit_controls_by_audit ON audit_controls (tenant_id, audit_id);

CREATE TABLE audit_members (
    tenant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    audit_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, member_id, audit_id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id)
);
CREATE INDEX audit_members_by_audit ON audit_members (tenant_id, audit_id);

-- Which auditors' credentials are bound to which audits, until their last day; 0001-01-01 where one was left out since.
-- The audit's own row tells who is bound now.
CREATE TABLE engagements (
    tenant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    audit_id uuid NOT NULL,
    until date NOT NULL,
    PRIMARY KEY (tenant_id, member_id, audit_id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id)
);
CREATE INDEX engagements_by_audit ON engagements (tenant_id, audit_id);

CREATE TABLE evidence_requests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    audit_id uuid NOT NULL,
    item text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    due_on date NOT NULL,
    assignee_id uuid,
    controls jsonb NOT NULL,
    requirements jsonb NOT NULL,
    status text COLLATE "C" NOT NULL,
    evidence jsonb NOT NULL,
    note text COLLATE "C" NOT NULL,
    provided_by uuid,
    provided_at timestamptz,
    provided_on date,
    decided_by uuid,
    decided_at timestamptz,
    reason text COLLATE "C",
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id),
    FOREIGN KEY (tenant_id, assignee_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX evidence_requests_by_due ON evidence_requests (tenant_id, due_on, id);
CREATE INDEX evidence_requests_by_audit ON evidence_requests (tenant_id, audit_id, due_on, id);
CREATE INDEX evidence_requests_by_status ON evidence_requests (tenant_id, status, due_on, id);
CREATE INDEX evidence_requests_by_assignee ON evidence_requests (tenant_id, assignee_id, due_on, id);

-- Find the requests about a control, and those that a piece of evidence was given to; the request's own row says the same.
CREATE TABLE evidence_request_controls (
    tenant_id uuid NOT NULL,
    control_id uuid NOT NULL,
    request_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, control_id, request_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, request_id) REFERENCES evidence_requests (tenant_id, id)
);
CREATE INDEX evidence_request_controls_by_request ON evidence_request_controls (tenant_id, request_id);

CREATE TABLE evidence_request_evidence (
    tenant_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    request_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, request_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id),
    FOREIGN KEY (tenant_id, request_id) REFERENCES evidence_requests (tenant_id, id)
);
CREATE INDEX evidence_request_evidence_by_request ON evidence_request_evidence (tenant_id, request_id);

-- The columns from stage to due_on follow from the facts, the corrective actions and the audit; for filters and orders.
CREATE TABLE findings (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    title text COLLATE "C" NOT NULL,
    reference text COLLATE "C",
    grade text COLLATE "C" NOT NULL,
    audit_id uuid,
    raised_on date NOT NULL,
    statement text COLLATE "C" NOT NULL,
    clause text COLLATE "C",
    controls jsonb NOT NULL,
    requirements jsonb NOT NULL,
    owner_id uuid,
    evidence jsonb NOT NULL,
    correction text COLLATE "C" NOT NULL,
    extent text COLLATE "C" NOT NULL,
    root_cause text COLLATE "C" NOT NULL,
    whys jsonb NOT NULL,
    response text COLLATE "C" NOT NULL,
    stated_due date,
    verification jsonb,
    checks jsonb NOT NULL,
    external_refs jsonb NOT NULL,
    stage text COLLATE "C" NOT NULL,
    plan_accepted_on date,
    implemented_on date,
    deadlines jsonb NOT NULL,
    plan_due_on date NOT NULL,
    due_on date NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
-- Also tell what a state and a delay are compared with; 9999-12-31 for never.
CREATE INDEX findings_by_age ON findings (tenant_id, created_at, id, stage, plan_due_on, due_on);
CREATE INDEX findings_by_due ON findings (tenant_id, due_on, id, stage, plan_due_on);
CREATE INDEX findings_by_grade ON findings (tenant_id, grade, created_at, id);
CREATE INDEX findings_by_grade_due ON findings (tenant_id, grade, due_on, id);
CREATE INDEX findings_by_audit ON findings (tenant_id, audit_id, created_at, id);
CREATE INDEX findings_by_audit_due ON findings (tenant_id, audit_id, due_on, id);
CREATE INDEX findings_by_owner ON findings (tenant_id, owner_id, created_at, id);
CREATE INDEX findings_by_owner_due ON findings (tenant_id, owner_id, due_on, id);
CREATE INDEX findings_by_stage ON findings (tenant_id, stage, created_at, id, plan_due_on);
CREATE INDEX findings_by_stage_due ON findings (tenant_id, stage, due_on, id, plan_due_on);

-- Find the findings of a control, of a requirement and of a piece of evidence; the finding's own row says the same.
CREATE TABLE finding_controls (
    tenant_id uuid NOT NULL,
    control_id uuid NOT NULL,
    finding_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, control_id, finding_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_controls_by_finding ON finding_controls (tenant_id, finding_id);

CREATE TABLE finding_evidence (
    tenant_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    finding_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, finding_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_evidence_by_finding ON finding_evidence (tenant_id, finding_id);

CREATE TABLE finding_requirements (
    tenant_id uuid NOT NULL,
    requirement text COLLATE "C" NOT NULL,
    framework text COLLATE "C" NOT NULL,
    finding_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, requirement, framework, finding_id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_requirements_by_finding ON finding_requirements (tenant_id, finding_id);
CREATE INDEX finding_requirements_by_framework ON finding_requirements (tenant_id, framework, requirement);

CREATE TABLE corrective_actions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    finding_id uuid NOT NULL,
    round integer NOT NULL,
    title text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    owner_id uuid,
    approved_by uuid,
    approved_on date,
    plan_accepted_on date,
    due_on date,
    implemented_on date,
    evidence jsonb NOT NULL,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, approved_by) REFERENCES members (tenant_id, id)
);
CREATE INDEX corrective_actions_by_age ON corrective_actions (tenant_id, created_at, id, implemented_on, due_on);
CREATE INDEX corrective_actions_by_finding ON corrective_actions (tenant_id, finding_id, created_at, id);
CREATE INDEX corrective_actions_by_owner ON corrective_actions (tenant_id, owner_id, created_at, id);
CREATE INDEX corrective_actions_by_approver ON corrective_actions (tenant_id, approved_by);

CREATE TABLE corrective_action_evidence (
    tenant_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    action_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, action_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id),
    FOREIGN KEY (tenant_id, action_id) REFERENCES corrective_actions (tenant_id, id)
);
CREATE INDEX corrective_action_evidence_by_action ON corrective_action_evidence (tenant_id, action_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['audits', 'audit_controls', 'audit_members', 'engagements', 'evidence_requests', 'evidence_request_controls', 'evidence_request_evidence', 'findings', 'finding_controls', 'finding_evidence', 'finding_requirements', 'corrective_actions', 'corrective_action_evidence'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
