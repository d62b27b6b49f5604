DROP TABLE control_tests;
DROP TABLE control_requirements;
DROP TABLE controls;
