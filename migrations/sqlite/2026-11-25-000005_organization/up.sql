-- One row per tenant, from its first change on.
CREATE TABLE organizations (
    tenant_id blob NOT NULL PRIMARY KEY,
    legal_name text,
    industry text,
    regions text NOT NULL,
    data_handled text NOT NULL,
    size integer,
    needs_public_certificate boolean,
    description text NOT NULL,
    website text,
    version integer NOT NULL
);

CREATE TABLE locations (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    address text NOT NULL,
    country text,
    time_zone text,
    persons integer,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX locations_by_name ON locations (tenant_id, name);
CREATE INDEX locations_by_age ON locations (tenant_id, created_at, id);
CREATE INDEX locations_by_kind ON locations (tenant_id, kind, name, id);
CREATE INDEX locations_by_kind_age ON locations (tenant_id, kind, created_at, id);
CREATE INDEX locations_by_country ON locations (tenant_id, country, name, id);
CREATE INDEX locations_by_country_age ON locations (tenant_id, country, created_at, id);

CREATE TABLE systems (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    description text NOT NULL,
    owner_id blob,
    location_id blob,
    criticality text,
    components text NOT NULL,
    data_handled text NOT NULL,
    in_scope_of text NOT NULL,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    framework text NOT NULL,
    system_id blob NOT NULL,
    PRIMARY KEY (tenant_id, framework, system_id),
    FOREIGN KEY (tenant_id, system_id) REFERENCES systems (tenant_id, id)
);
CREATE INDEX system_frameworks_by_system ON system_frameworks (tenant_id, system_id);

-- What customers ask for, and what a contract promises them.
CREATE TABLE customer_requirements (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    customer text NOT NULL,
    asks text NOT NULL,
    due text,
    status text NOT NULL,
    met_on text,
    contract text,
    promises text NOT NULL,
    description text NOT NULL,
    owner_id blob,
    external_refs text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
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
    tenant_id blob NOT NULL,
    framework text NOT NULL,
    customer_requirement_id blob NOT NULL,
    PRIMARY KEY (tenant_id, framework, customer_requirement_id),
    FOREIGN KEY (tenant_id, customer_requirement_id) REFERENCES customer_requirements (tenant_id, id)
);
CREATE INDEX customer_requirement_frameworks_by_requirement ON customer_requirement_frameworks (tenant_id, customer_requirement_id);
