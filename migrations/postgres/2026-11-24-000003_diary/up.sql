-- What is due: derived from the facts of resources, with what people add to it. Cancelled rows stay, so that a date
-- that comes back finds its owner and its plan again.
CREATE TABLE milestones (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_kind text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    cycle integer NOT NULL,
    title text COLLATE "C" NOT NULL,
    window_opens date,
    due date NOT NULL,
    done_on date,
    assumed boolean NOT NULL,
    rule jsonb NOT NULL,
    inputs jsonb NOT NULL,
    owner_id uuid,
    planned_on date,
    cancelled_at timestamptz,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX milestones_by_due ON milestones (tenant_id, due, id) WHERE cancelled_at IS NULL;
CREATE INDEX milestones_unsettled ON milestones (tenant_id, due, id) WHERE cancelled_at IS NULL AND done_on IS NULL;
CREATE INDEX milestones_by_resource ON milestones (tenant_id, resource_id, due, id);
CREATE INDEX milestones_by_owner ON milestones (tenant_id, owner_id, due, id);

ALTER TABLE milestones ENABLE ROW LEVEL SECURITY;
ALTER TABLE milestones FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON milestones
    USING (tenant_id = nullif(current_setting('attestd.tenant', true), '')::uuid);
