DROP TABLE risk_controls;
DROP TABLE risks;
DROP TABLE risk_matrices;
