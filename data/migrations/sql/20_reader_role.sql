-- The role of anonymous and API reads: it sees the schema `published` and nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'diming_reader') THEN
        BEGIN
            CREATE ROLE diming_reader NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role diming_reader is missing and % may not create it', current_user
                    USING HINT = format('As administrator run: CREATE ROLE diming_reader NOLOGIN; GRANT diming_reader TO %I;', current_user);
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'diming_reader', 'MEMBER') THEN
        EXECUTE format('GRANT diming_reader TO %I', current_user);
    END IF;
END $$;
GRANT USAGE ON SCHEMA published TO diming_reader;
REVOKE ALL ON SCHEMA diming FROM PUBLIC;
