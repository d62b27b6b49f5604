DROP TABLE certification_events;
DROP TABLE certifications;
DROP TABLE certification_bodies;
