-- Search in tiers of importance: the keys of names are cut by rank, so that a question is answered by the first tiers
-- that hold enough. The keys are derived: they are emptied here and written again at the next start.
DROP VIEW IF EXISTS published.search_name;
DROP FUNCTION IF EXISTS published.search_names_containing(text);
TRUNCATE diming.search_name;
DROP INDEX diming.search_name_folded, diming.search_name_pinyin, diming.search_name_initials, diming.search_name_trgm;

ALTER TABLE diming.search_name
    DROP COLUMN rank,
    ALTER COLUMN name TYPE text COLLATE "C",
    -- the first of a name's sounds: what is met by characters is met once
    ADD COLUMN main boolean NOT NULL,
    -- diming.place_class.item
    ADD COLUMN class_no smallint NOT NULL,
    ADD COLUMN type_code text NOT NULL,
    -- greater is more important: data/reference/search/importance.toml
    ADD COLUMN importance int NOT NULL,
    -- the first two digits of the code of the unit; null: outside all units
    ADD COLUMN province text COLLATE "C",
    -- of a unit itself, of a place the unit of the present polygons in which it lies; zeros: none
    ADD COLUMN area uuid NOT NULL,
    ADD COLUMN geom geometry(Point, 4490),
    -- when the thing stood, whatever it was called
    ADD COLUMN stood datemultirange NOT NULL,
    -- when the register had it so
    ADD COLUMN known tstzrange NOT NULL,
    -- 0 to 3 by rank; from 10 on: names that ended; from 20 on: what the register has corrected since
    ADD COLUMN tier smallint NOT NULL;

-- The last name of each of the first three tiers, in the order importance, name, thing.
CREATE TABLE diming.search_tier (
    tier smallint PRIMARY KEY CHECK (tier BETWEEN 0 AND 2),
    importance int NOT NULL,
    name text COLLATE "C" NOT NULL,
    subject_id uuid NOT NULL,
    cut_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
