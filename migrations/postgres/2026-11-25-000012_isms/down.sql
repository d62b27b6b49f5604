DROP TABLE isms_parts;
DROP TABLE isms_links;
DROP TABLE isms_records;
