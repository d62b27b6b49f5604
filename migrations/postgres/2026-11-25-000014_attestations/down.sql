DROP TABLE attestation_releases;
DROP TABLE attestation_tests;
DROP TABLE attestation_events;
DROP TABLE attestation_systems;
DROP TABLE attestations;
