DROP TABLE customer_requirement_frameworks;
DROP TABLE customer_requirements;
DROP TABLE system_frameworks;
DROP TABLE systems;
DROP TABLE locations;
DROP TABLE organizations;
