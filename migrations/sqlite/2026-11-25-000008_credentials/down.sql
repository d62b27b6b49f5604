DROP TABLE oauth_clients;
DROP TABLE signing_keys;
