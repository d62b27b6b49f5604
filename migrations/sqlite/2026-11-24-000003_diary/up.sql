-- What is due: derived from the facts of resources, with what people add to it. Cancelled rows stay, so that a date
-- that comes back finds its owner and its plan again.
CREATE TABLE milestones (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    resource_kind text NOT NULL,
    resource_id text NOT NULL,
    code text NOT NULL,
    cycle integer NOT NULL,
    title text NOT NULL,
    window_opens text,
    due text NOT NULL,
    done_on text,
    assumed integer NOT NULL,
    rule text NOT NULL,
    inputs text NOT NULL,
    owner_id blob,
    planned_on text,
    cancelled_at integer,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX milestones_by_due ON milestones (tenant_id, due, id) WHERE cancelled_at IS NULL;
CREATE INDEX milestones_unsettled ON milestones (tenant_id, due, id) WHERE cancelled_at IS NULL AND done_on IS NULL;
CREATE INDEX milestones_by_resource ON milestones (tenant_id, resource_id, due, id);
CREATE INDEX milestones_by_owner ON milestones (tenant_id, owner_id, due, id);
