DROP TABLE requirement_uses;
DROP TABLE requirement_mappings;
DROP TABLE custom_requirements;
DROP TABLE custom_frameworks;
