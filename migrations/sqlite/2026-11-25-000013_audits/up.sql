CREATE TABLE audits (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    certification_id blob,
    planned_start text NOT NULL,
    planned_end text NOT NULL,
    started_on text,
    ended_on text,
    owner_id blob,
    team text NOT NULL,
    auditors text NOT NULL,
    criteria text NOT NULL,
    scope text NOT NULL,
    sites text NOT NULL,
    agenda text NOT NULL,
    controls text NOT NULL,
    requirements text NOT NULL,
    topics text NOT NULL,
    plan_days integer,
    major_days integer,
    status text NOT NULL,
    conclusion text,
    summary text NOT NULL,
    completed_at integer,
    acknowledged text,
    voided_at integer,
    end_reason text,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    control_id blob NOT NULL,
    audit_id blob NOT NULL,
    PRIMARY KEY (tenant_id, control_id, audit_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id)
);
CREATE INDEX audit_controls_by_audit ON audit_controls (tenant_id, audit_id);

CREATE TABLE audit_members (
    tenant_id blob NOT NULL,
    member_id blob NOT NULL,
    audit_id blob NOT NULL,
    PRIMARY KEY (tenant_id, member_id, audit_id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id)
);
CREATE INDEX audit_members_by_audit ON audit_members (tenant_id, audit_id);

-- Which auditors' credentials are bound to which audits, until their last day; 0001-01-01 where one was left out since.
-- The audit's own row tells who is bound now.
CREATE TABLE engagements (
    tenant_id blob NOT NULL,
    member_id blob NOT NULL,
    audit_id blob NOT NULL,
    until text NOT NULL,
    PRIMARY KEY (tenant_id, member_id, audit_id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES audits (tenant_id, id)
);
CREATE INDEX engagements_by_audit ON engagements (tenant_id, audit_id);

CREATE TABLE evidence_requests (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    audit_id blob NOT NULL,
    item text NOT NULL,
    detail text NOT NULL,
    due_on text NOT NULL,
    assignee_id blob,
    controls text NOT NULL,
    requirements text NOT NULL,
    status text NOT NULL,
    evidence text NOT NULL,
    note text NOT NULL,
    provided_by blob,
    provided_at integer,
    provided_on text,
    decided_by blob,
    decided_at integer,
    reason text,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    control_id blob NOT NULL,
    request_id blob NOT NULL,
    PRIMARY KEY (tenant_id, control_id, request_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, request_id) REFERENCES evidence_requests (tenant_id, id)
);
CREATE INDEX evidence_request_controls_by_request ON evidence_request_controls (tenant_id, request_id);

CREATE TABLE evidence_request_evidence (
    tenant_id blob NOT NULL,
    evidence_id blob NOT NULL,
    request_id blob NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, request_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id),
    FOREIGN KEY (tenant_id, request_id) REFERENCES evidence_requests (tenant_id, id)
);
CREATE INDEX evidence_request_evidence_by_request ON evidence_request_evidence (tenant_id, request_id);

-- The columns from stage to due_on follow from the facts, the corrective actions and the audit; for filters and orders.
CREATE TABLE findings (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    title text NOT NULL,
    reference text,
    grade text NOT NULL,
    audit_id blob,
    raised_on text NOT NULL,
    statement text NOT NULL,
    clause text,
    controls text NOT NULL,
    requirements text NOT NULL,
    owner_id blob,
    evidence text NOT NULL,
    correction text NOT NULL,
    extent text NOT NULL,
    root_cause text NOT NULL,
    whys text NOT NULL,
    response text NOT NULL,
    stated_due text,
    verification text,
    checks text NOT NULL,
    external_refs text NOT NULL,
    stage text NOT NULL,
    plan_accepted_on text,
    implemented_on text,
    deadlines text NOT NULL,
    plan_due_on text NOT NULL,
    due_on text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    control_id blob NOT NULL,
    finding_id blob NOT NULL,
    PRIMARY KEY (tenant_id, control_id, finding_id),
    FOREIGN KEY (tenant_id, control_id) REFERENCES controls (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_controls_by_finding ON finding_controls (tenant_id, finding_id);

CREATE TABLE finding_evidence (
    tenant_id blob NOT NULL,
    evidence_id blob NOT NULL,
    finding_id blob NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, finding_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_evidence_by_finding ON finding_evidence (tenant_id, finding_id);

CREATE TABLE finding_requirements (
    tenant_id blob NOT NULL,
    requirement text NOT NULL,
    framework text NOT NULL,
    finding_id blob NOT NULL,
    PRIMARY KEY (tenant_id, requirement, framework, finding_id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_requirements_by_finding ON finding_requirements (tenant_id, finding_id);
CREATE INDEX finding_requirements_by_framework ON finding_requirements (tenant_id, framework, requirement);

CREATE TABLE corrective_actions (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    finding_id blob NOT NULL,
    round integer NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    owner_id blob,
    approved_by blob,
    approved_on text,
    plan_accepted_on text,
    due_on text,
    implemented_on text,
    evidence text NOT NULL,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    evidence_id blob NOT NULL,
    action_id blob NOT NULL,
    PRIMARY KEY (tenant_id, evidence_id, action_id),
    FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id),
    FOREIGN KEY (tenant_id, action_id) REFERENCES corrective_actions (tenant_id, id)
);
CREATE INDEX corrective_action_evidence_by_action ON corrective_action_evidence (tenant_id, action_id);
