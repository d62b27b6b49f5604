-- What is due of one kind of resource is listed by its day.
CREATE INDEX milestones_by_kind ON milestones (tenant_id, resource_kind, due, id) WHERE cancelled_at IS NULL;
