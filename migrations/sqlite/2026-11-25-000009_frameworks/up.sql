-- The tenant's own frameworks. The built-in ones live in memory.
CREATE TABLE custom_frameworks (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    outcome text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX custom_frameworks_by_key ON custom_frameworks (tenant_id, key);

CREATE TABLE custom_requirements (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    framework_id blob NOT NULL,
    framework text NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    category text,
    position integer NOT NULL,
    topics text NOT NULL,
    aspects text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, framework_id) REFERENCES custom_frameworks (tenant_id, id)
);
CREATE UNIQUE INDEX custom_requirements_by_code ON custom_requirements (tenant_id, framework_id, code);
CREATE INDEX custom_requirements_in_order ON custom_requirements (tenant_id, framework_id, position, code);
CREATE INDEX custom_requirements_by_group ON custom_requirements (tenant_id, framework, category, position);
CREATE INDEX custom_requirements_by_name ON custom_requirements (tenant_id, framework, code);

-- A side is a row of ours where it is the tenant's own, so that it cannot go while the mapping is there.
CREATE TABLE requirement_mappings (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    from_framework text NOT NULL,
    from_requirement text NOT NULL,
    from_id blob,
    to_framework text NOT NULL,
    to_requirement text NOT NULL,
    to_id blob,
    relationship text NOT NULL,
    rationale text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, from_id) REFERENCES custom_requirements (tenant_id, id),
    FOREIGN KEY (tenant_id, to_id) REFERENCES custom_requirements (tenant_id, id)
);
CREATE UNIQUE INDEX requirement_mappings_once
    ON requirement_mappings (tenant_id, from_framework, from_requirement, to_framework, to_requirement);
CREATE INDEX requirement_mappings_backwards
    ON requirement_mappings (tenant_id, to_framework, to_requirement, from_framework, from_requirement);
CREATE INDEX requirement_mappings_by_from ON requirement_mappings (tenant_id, from_id);
CREATE INDEX requirement_mappings_by_to ON requirement_mappings (tenant_id, to_id);

-- What names a requirement of the tenant's own, such as a control; it stays while something does.
CREATE TABLE requirement_uses (
    tenant_id blob NOT NULL,
    requirement_id blob NOT NULL,
    used_by text NOT NULL,
    PRIMARY KEY (tenant_id, requirement_id, used_by),
    FOREIGN KEY (tenant_id, requirement_id) REFERENCES custom_requirements (tenant_id, id)
);
CREATE INDEX requirement_uses_by_user ON requirement_uses (tenant_id, used_by);
