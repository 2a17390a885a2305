-- The audit log is only ever added to, and whoever changes it past the shop is found out: each entry has a hash over itself and
-- the hash before it.

ALTER TABLE audit_log ADD COLUMN api_key_id BIGINT;
-- Not SET NULL, which would change what is on record; accounts that are closed keep their row.
ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_id_fkey;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users;

CREATE TABLE audit_chain (
    position  BIGINT PRIMARY KEY,
    audit_id  BIGINT NOT NULL UNIQUE,
    hash      BYTEA  NOT NULL CHECK (length(hash) = 32)
);

-- A column that comes later is not in it: entries of before it would get other hashes.
CREATE FUNCTION audit_hash(previous BYTEA, entry audit_log) RETURNS BYTEA LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || convert_to(jsonb_build_array(entry.audit_id, extract(epoch FROM entry.at), entry.actor_id, entry.api_key_id,
               entry.action, entry.entity_type, entry.entity_id, entry.before, entry.after, entry.request_id)::text, 'UTF8'))
$$;

CREATE FUNCTION audit_append(entry audit_log) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    last audit_chain;
BEGIN
    SELECT * INTO last FROM audit_chain ORDER BY position DESC LIMIT 1;
    INSERT INTO audit_chain (position, audit_id, hash)
    VALUES (coalesce(last.position, 0) + 1, entry.audit_id, audit_hash(coalesce(last.hash, ''::bytea), entry));
END $$;

DO $$
DECLARE
    entry audit_log;
BEGIN
    FOR entry IN SELECT * FROM audit_log ORDER BY audit_id LOOP
        PERFORM audit_append(entry);
    END LOOP;
END $$;

CREATE FUNCTION audit_chained() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('emporium.audit_chain', 0));
    PERFORM audit_append(NEW);
    RETURN NULL;
END $$;

-- With the commit and not before it: then nothing is locked any more after the chain, and nobody waits for each other in a circle.
CREATE CONSTRAINT TRIGGER audit_log_chained AFTER INSERT ON audit_log
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chained();

CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_chain_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
