-- What names are met by beside their own text: stretches of one and two characters, and the name less one character.
-- Each begins with the tier, so that the tiers are asked one at a time; 'A' is the first. Tiers: see search_name.

-- Stretches of a name: in a tier; in a tier and class ('A3家沟'); in a province and tier ('42A家沟').
CREATE OR REPLACE FUNCTION diming.name_grams(tier int, class_no int, province text, folded text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    letter text := chr(65 + tier);
    found text[] := '{}';
    pair text;
BEGIN
    FOR i IN 1 .. length(folded) LOOP
        found := found || (letter || substr(folded, i, 1));
        pair := substr(folded, i, 2);
        CONTINUE WHEN length(pair) < 2;
        found := found || (letter || pair) || (letter || class_no::text || pair) || (province || letter || pair);
    END LOOP;
    RETURN found;
END $$;

-- The stretches by which a name that holds `part` is reached: by the province or class where there is one alone.
CREATE OR REPLACE FUNCTION diming.tokens_of(tier int, classes int[], province text, part text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    letter text := chr(65 + tier);
    prefix text := CASE WHEN province IS NOT NULL THEN province || letter
                        WHEN cardinality(classes) = 1 THEN letter || classes[1]::text ELSE letter END;
BEGIN
    IF tier IS NULL THEN
        RETURN NULL;
    ELSIF length(part) = 1 THEN
        RETURN ARRAY[letter || part];
    END IF;
    RETURN ARRAY(SELECT prefix || substr(part, i, 2) FROM generate_series(1, length(part) - 1) i);
END $$;

-- A name of 2 to 8 characters in a tier, whole and less one character each (never fewer than two).
CREATE OR REPLACE FUNCTION diming.name_less_one(tier int, folded text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    letter text := chr(65 + tier);
    long int := length(folded);
    found text[];
BEGIN
    IF long NOT BETWEEN 2 AND 8 THEN
        RETURN '{}';
    END IF;
    found := ARRAY[letter || folded];
    IF long > 2 THEN
        FOR i IN 1 .. long LOOP
            found := found || (letter || overlay(folded PLACING '' FROM i FOR 1));
        END LOOP;
    END IF;
    RETURN found;
END $$;

-- Whether two texts of 2 to 8 characters, one of them of 3, differ by one character that is wrong, missing, too many,
-- or swapped with the next: what name_less_one reaches, and of what is shorter nothing would be left to be known by.
CREATE OR REPLACE FUNCTION diming.one_mistake(a text, b text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    i int := 1;
    shorter int := least(length(a), length(b));
    rest_a text;
    rest_b text;
BEGIN
    IF a = b OR abs(length(a) - length(b)) > 1 OR shorter < 2 OR greatest(length(a), length(b)) NOT BETWEEN 3 AND 8 THEN
        RETURN false;
    END IF;
    WHILE i <= shorter AND substr(a, i, 1) = substr(b, i, 1) LOOP
        i := i + 1;
    END LOOP;
    rest_a := substr(a, i);
    rest_b := substr(b, i);
    RETURN substr(rest_a, 2) = substr(rest_b, 2)
        OR substr(rest_a, 2) = rest_b
        OR rest_a = substr(rest_b, 2)
        OR (substr(rest_a, 1, 1) = substr(rest_b, 2, 1) AND substr(rest_a, 2, 1) = substr(rest_b, 1, 1)
            AND substr(rest_a, 3) = substr(rest_b, 3));
END $$;

-- The indexes are made here, because a bulk load drops them and makes them again whole.
CREATE OR REPLACE PROCEDURE diming.index_search_names()
LANGUAGE plpgsql AS $$
BEGIN
    CREATE INDEX IF NOT EXISTS search_name_folded ON diming.search_name (tier, class_no, folded) WHERE main;
    CREATE INDEX IF NOT EXISTS search_name_pinyin ON diming.search_name (tier, class_no, pinyin) WHERE pinyin <> '';
    CREATE INDEX IF NOT EXISTS search_name_initials
        ON diming.search_name (tier, class_no, initials) WHERE initials <> '';
    CREATE INDEX IF NOT EXISTS search_name_province_folded
        ON diming.search_name (province, tier, folded) WHERE main;
    CREATE INDEX IF NOT EXISTS search_name_province_pinyin
        ON diming.search_name (province, tier, pinyin) WHERE pinyin <> '';
    CREATE INDEX IF NOT EXISTS search_name_area ON diming.search_name (area, folded);
    CREATE INDEX IF NOT EXISTS search_name_grams ON diming.search_name
        USING gin (diming.name_grams(tier, class_no, coalesce(province, '00'), folded)) WITH (fastupdate = off)
        WHERE main AND kind <> 'code';
    CREATE INDEX IF NOT EXISTS search_name_less_one ON diming.search_name
        USING gin (diming.name_less_one(tier, folded)) WITH (fastupdate = off) WHERE main AND kind <> 'code';
    CREATE INDEX IF NOT EXISTS search_name_geom ON diming.search_name USING gist (geom);
    CREATE INDEX IF NOT EXISTS search_name_subject ON diming.search_name (subject_id);
END $$;

CREATE OR REPLACE PROCEDURE diming.unindex_search_names()
LANGUAGE plpgsql AS $$
BEGIN
    DROP INDEX IF EXISTS diming.search_name_folded, diming.search_name_pinyin, diming.search_name_initials,
        diming.search_name_province_folded, diming.search_name_province_pinyin, diming.search_name_area,
        diming.search_name_grams, diming.search_name_less_one, diming.search_name_geom, diming.search_name_subject;
END $$;
CALL diming.index_search_names();

-- The tier of a name by its rank, in the space where it is.
CREATE OR REPLACE FUNCTION diming.search_tier_of(of_importance int, of_name text, of_thing uuid, space int)
RETURNS smallint
LANGUAGE sql STABLE AS $$
    SELECT (space / 10 * 10 + (
        SELECT count(*) FROM diming.search_tier t
        WHERE (-t.importance, t.name, t.subject_id) < (-of_importance, of_name COLLATE "C", of_thing)))::smallint
$$;

-- Cuts the tiers by rank of the names in a table of keys: after name number sizes[1], sizes[1] + sizes[2] and so on.
CREATE OR REPLACE FUNCTION diming.cut_search_tiers(keys regclass, sizes int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    at bigint := 0;
BEGIN
    DELETE FROM diming.search_tier;
    FOR i IN 1 .. cardinality(sizes) LOOP
        at := at + sizes[i];
        EXECUTE format('INSERT INTO diming.search_tier (tier, importance, name, subject_id)
                        SELECT $1, importance, name, subject_id FROM %s
                        ORDER BY importance DESC, name, subject_id OFFSET $2 LIMIT 1', keys) USING i - 1, at - 1;
    END LOOP;
END $$;

-- Moves every name into the tier of its rank after a new cut; answers how many moved.
CREATE OR REPLACE FUNCTION diming.follow_search_tiers() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
BEGIN
    UPDATE diming.search_name n SET tier = m.tier
    FROM (SELECT id, diming.search_tier_of(importance, name, subject_id, tier) AS tier FROM diming.search_name) m
    WHERE m.id = n.id AND m.tier <> n.tier;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END $$;
REVOKE ALL ON FUNCTION diming.cut_search_tiers(regclass, int[]), diming.follow_search_tiers() FROM PUBLIC;
REVOKE ALL ON PROCEDURE diming.index_search_names(), diming.unindex_search_names() FROM PUBLIC;

-- What published.names_met reads from its question.
CREATE OR REPLACE FUNCTION diming.texts_of(list jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(list) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(list)) END
$$;
CREATE OR REPLACE FUNCTION diming.position_of(place jsonb) RETURNS public.geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.ST_SetSRID(public.ST_Point((place ->> 0)::float8, (place ->> 1)::float8), 4490)
$$;

-- The box that holds a circle around a position, in degrees; null where it would reach a pole or the antimeridian.
CREATE OR REPLACE FUNCTION diming.box_around(centre public.geometry, metres double precision) RETURNS public.geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN lat + high < 85 AND lat - high > -85 AND lon + wide < 180 AND lon - wide > -180
                THEN public.ST_MakeEnvelope(lon - wide, lat - high, lon + wide, lat + high, 4490) END
    FROM (SELECT public.ST_X(centre) AS lon, public.ST_Y(centre) AS lat,
                 -- a little more than metres / (metres in a degree): the sphere of ST_DistanceSphere has 6,371,008.8 m
                 metres / 111190 AS high,
                 metres / 111190 / cos(radians(least(84.9, abs(public.ST_Y(centre)) + metres / 111190))) AS wide) box
$$;
