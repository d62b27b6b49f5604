-- The tenant's own frameworks. The built-in ones live in memory.
CREATE TABLE custom_frameworks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX custom_frameworks_by_key ON custom_frameworks (tenant_id, key);

CREATE TABLE custom_requirements (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    framework_id uuid NOT NULL,
    framework text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    category text COLLATE "C",
    position integer NOT NULL,
    topics jsonb NOT NULL,
    aspects jsonb NOT NULL,
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
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    from_framework text COLLATE "C" NOT NULL,
    from_requirement text COLLATE "C" NOT NULL,
    from_id uuid,
    to_framework text COLLATE "C" NOT NULL,
    to_requirement text COLLATE "C" NOT NULL,
    to_id uuid,
    relationship text COLLATE "C" NOT NULL,
    rationale text COLLATE "C" NOT NULL,
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
    tenant_id uuid NOT NULL,
    requirement_id uuid NOT NULL,
    used_by text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, requirement_id, used_by),
    FOREIGN KEY (tenant_id, requirement_id) REFERENCES custom_requirements (tenant_id, id)
);
CREATE INDEX requirement_uses_by_user ON requirement_uses (tenant_id, used_by);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['custom_frameworks', 'custom_requirements', 'requirement_mappings', 'requirement_uses'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
