-- What other installations are told: who this is, and which changes came from whom.
CREATE OR REPLACE VIEW published.installation WITH (security_barrier) AS
SELECT i.name, i.level, i.unit_id, i.key_id, i.public_key, i.named_at FROM diming.installation i;
CREATE OR REPLACE VIEW published.installation_received WITH (security_barrier) AS
SELECT r.seq, p.name AS peer FROM diming.installation_received r JOIN diming.installation_peer p ON p.id = r.peer_id;
GRANT SELECT ON published.installation, published.installation_received TO diming_reader;
