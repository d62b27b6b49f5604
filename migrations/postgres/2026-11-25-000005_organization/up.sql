-- One row per tenant, from its first change on.
CREATE TABLE organizations (
    tenant_id uuid NOT NULL PRIMARY KEY,
    legal_name text COLLATE "C",
    industry text COLLATE "C",
    regions jsonb NOT NULL,
    data_handled jsonb NOT NULL,
    size integer,
    needs_public_certificate boolean,
    description text COLLATE "C" NOT NULL,
    website text COLLATE "C",
    version integer NOT NULL
);

CREATE TABLE locations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    country text COLLATE "C",
    time_zone text COLLATE "C",
    persons integer,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX locations_by_name ON locations (tenant_id, name);
CREATE INDEX locations_by_age ON locations (tenant_id, created_at, id);
CREATE INDEX locations_by_kind ON locations (tenant_id, kind, name, id);
CREATE INDEX locations_by_kind_age ON locations (tenant_id, kind, created_at, id);
CREATE INDEX locations_by_country ON locations (tenant_id, country, name, id);
CREATE INDEX locations_by_country_age ON locations (tenant_id, country, created_at, id);

CREATE TABLE systems (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    owner_id uuid,
    location_id uuid,
    criticality text COLLATE "C",
    components jsonb NOT NULL,
    data_handled jsonb NOT NULL,
    in_scope_of jsonb NOT NULL,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE UNIQUE INDEX systems_by_name ON systems (tenant_id, name);
CREATE INDEX systems_by_age ON systems (tenant_id, created_at, id);
CREATE INDEX systems_by_kind ON systems (tenant_id, kind, name, id);
CREATE INDEX systems_by_kind_age ON systems (tenant_id, kind, created_at, id);
CREATE INDEX systems_by_status ON systems (tenant_id, status, name, id);
CREATE INDEX systems_by_status_age ON systems (tenant_id, status, created_at, id);
CREATE INDEX systems_by_criticality ON systems (tenant_id, criticality, name, id);
CREATE INDEX systems_by_criticality_age ON systems (tenant_id, criticality, created_at, id);
CREATE INDEX systems_by_owner ON systems (tenant_id, owner_id, name, id);
CREATE INDEX systems_by_owner_age ON systems (tenant_id, owner_id, created_at, id);
CREATE INDEX systems_by_location ON systems (tenant_id, location_id, name, id);
CREATE INDEX systems_by_location_age ON systems (tenant_id, location_id, created_at, id);

-- Finds the systems in a framework's scope; the system's own row says the same.
CREATE TABLE system_frameworks (
    tenant_id uuid NOT NULL,
    framework text COLLATE "C" NOT NULL,
    system_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, framework, system_id),
    FOREIGN KEY (tenant_id, system_id) REFERENCES systems (tenant_id, id)
);
CREATE INDEX system_frameworks_by_system ON system_frameworks (tenant_id, system_id);

-- What customers ask for, and what a contract promises them.
CREATE TABLE customer_requirements (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer text COLLATE "C" NOT NULL,
    asks jsonb NOT NULL,
    due date,
    status text COLLATE "C" NOT NULL,
    met_on date,
    contract text COLLATE "C",
    promises jsonb NOT NULL,
    description text COLLATE "C" NOT NULL,
    owner_id uuid,
    external_refs jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX customer_requirements_by_customer ON customer_requirements (tenant_id, customer, id);
CREATE INDEX customer_requirements_by_age ON customer_requirements (tenant_id, created_at, id);
CREATE INDEX customer_requirements_by_status ON customer_requirements (tenant_id, status, customer, id);
CREATE INDEX customer_requirements_by_status_age ON customer_requirements (tenant_id, status, created_at, id);
CREATE INDEX customer_requirements_by_owner ON customer_requirements (tenant_id, owner_id, customer, id);
CREATE INDEX customer_requirements_by_owner_age ON customer_requirements (tenant_id, owner_id, created_at, id);
CREATE INDEX customer_requirements_by_due ON customer_requirements (tenant_id, due);

-- Finds the requirements that ask for a framework; the requirement's own row says the same.
CREATE TABLE customer_requirement_frameworks (
    tenant_id uuid NOT NULL,
    framework text COLLATE "C" NOT NULL,
    customer_requirement_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, framework, customer_requirement_id),
    FOREIGN KEY (tenant_id, customer_requirement_id) REFERENCES customer_requirements (tenant_id, id)
);
CREATE INDEX customer_requirement_frameworks_by_requirement ON customer_requirement_frameworks (tenant_id, customer_requirement_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['organizations', 'locations', 'systems', 'system_frameworks', 'customer_requirements', 'customer_requirement_frameworks'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I USING (tenant_id = nullif(current_setting(''attestd.tenant'', true), '''')::uuid)',
            name);
    END LOOP;
END $$;
