DROP TABLE control_tests;
DROP TABLE control_tags;
DROP TABLE control_requirements;
DROP TABLE controls;
