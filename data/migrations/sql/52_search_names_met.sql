-- published.names_met(ask): the names that a question meets, best first, each thing once by its best name.
--
-- `ask` is a JSON object. `ways`: how a name may be met, the best way first: {"path", "values", "low", "high", "part",
-- "held", "local"}; `day`, `moment` (null: as the register has it now), `status`, `classes` (numbers), `types`
-- (beginnings), `units` and `places` (what lies within), `province`, `areas` and `things` (where few are asked),
-- `zone` (EWKB, hex), `round` and `near` ([lon, lat, metres]), `near_zone`, `by_distance`, `heritage`,
-- `after` ([way, distance, importance, name, thing]), `limit`; `few`: names that are read whole (null: 20,000, in a zone
-- that was asked for 45,000).
--
-- A name is met in the order way, distance (where asked), importance, name, thing. Within a way the tiers are asked one
-- after another and only until there are enough; a tier never holds a name that ranks before one of an earlier tier.
-- By distance, rings around the position are asked instead. Where few names lie in the areas, the zone or round the
-- position, those that any way can meet are found once and each way looks among them. A way that few names can pass
-- (diming.is_selective) asks all tiers at once: thirty small statements cost more than eight.
-- Plans are generic and never read the whole table, so that an answer costs no planning. The function is made from
-- parts: each path of a name in each way of reaching it is a statement of its own.

-- Whether few names can be met in a way: a text so long that it is borne by some, not by thousands. It decides how the
-- tiers are asked and never what is found, because what is met is ordered by rank either way.
DROP FUNCTION IF EXISTS diming.is_selective(jsonb), diming.few_names_in(public.geometry);
CREATE OR REPLACE FUNCTION diming.is_selective(way jsonb, shortest int DEFAULT 3) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN way ->> 'local' IS NOT NULL THEN false
        -- what is left of a short name when a character is taken away is a part of thousands
        WHEN way ->> 'path' = 'one_mistake' THEN length(way ->> 'low') >= shortest + 2
        WHEN way ->> 'path' IN ('name_equals', 'name_begins', 'name_holds')
            THEN length(way ->> 'low') >= CASE WHEN way ->> 'low' ~ '^[ -~]*$' THEN 7 ELSE shortest END
        WHEN way ->> 'path' IN ('pinyin_equals', 'initials_equals')
            THEN (SELECT bool_and(length(v) >= 7) FROM jsonb_array_elements_text(way -> 'values') v)
        WHEN way ->> 'path' = 'sounds_like' THEN length(way ->> 'low') >= shortest
        WHEN way ->> 'path' IN ('pinyin_begins', 'initials_begins') THEN length(way ->> 'low') >= 9
        ELSE false END
$$;

-- The names that diming.one_mistake finds to differ from a text by one, as a regular expression: a thousand names are
-- looked at in the time in which the function looks at fifty. The text itself is among what it meets.
CREATE OR REPLACE FUNCTION diming.mistake_pattern(low text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    long constant int := length(low);
    -- a character that could mean something in an expression is told apart by a backslash
    c constant text[] := ARRAY(SELECT CASE WHEN ascii(k.one) < 128 AND k.one ~ '[^0-9A-Za-z]' THEN '\' ELSE '' END || k.one
                               FROM regexp_split_to_table(low, '') WITH ORDINALITY k(one, at) ORDER BY k.at);
    found text[] := '{}';
BEGIN
    IF long NOT BETWEEN 2 AND 8 THEN
        RETURN '(?!)';
    END IF;
    FOR i IN 1 .. long + 1 LOOP
        IF long < 8 THEN  -- one too many in the name
            found := found || array_to_string(c[1 : i - 1] || '.'::text || c[i : long], '');
        END IF;
        CONTINUE WHEN long = 2 OR i > long;
        found := found || array_to_string(c[1 : i - 1] || '.'::text || c[i + 1 : long], '')  -- another
                       || array_to_string(c[1 : i - 1] || c[i + 1 : long], '');  -- missing in the name
        IF i < long THEN  -- exchanged with the next
            found := found || array_to_string(c[1 : i - 1] || c[i + 1] || c[i] || c[i + 2 : long], '');
        END IF;
    END LOOP;
    RETURN '^(?:' || array_to_string(found, '|') || ')$';
END $$;

-- About how many names meet a condition on the keys `n`, by the planner's statistics: what is worth reading whole.
-- (EXPLAIN is refused in a function that promises to change nothing; it changes nothing.)
CREATE OR REPLACE FUNCTION diming.names_expected(condition text) RETURNS double precision
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM diming.search_name n WHERE ' || condition INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
REVOKE ALL ON FUNCTION diming.names_expected(text) FROM PUBLIC;

DO $make$
DECLARE
    filters constant text := $f$
        n.classification = 'public'
        AND (CASE WHEN moment IS NULL THEN upper_inf(n.known) ELSE n.known @> moment END)
        AND (lower_inf(n.valid) OR lower(n.valid) <= {day})
        AND (held = 'any' OR (n.valid @> {day}) = (held = 'now'))
        AND (status IS NULL OR (n.stood @> {day}) = (status = 'current'))
        AND n.class_no = ANY(classes)
        AND (types IS NULL OR n.type_code LIKE ANY(types))
        AND (units IS NULL OR (n.collection = 'units' AND n.subject_id = ANY(units))
             OR (n.collection = 'places' AND n.area = ANY(places)))
        AND (zone IS NULL OR public.ST_Intersects(zone, n.geom))
        AND (round_m IS NULL OR public.ST_DistanceSphere(n.geom, round_at) <= round_m)
        AND (heritage IS NULL OR EXISTS (
             SELECT FROM diming.heritage_tag h WHERE h.subject_id = n.subject_id AND h.list = heritage
             AND (CASE WHEN moment IS NULL THEN upper_inf(h.known) ELSE h.known @> moment END) AND h.valid @> day))
    $f$;
    -- names_met_governed is the same by another date than that of the effect (25_governing.sql): each thing is looked
    -- at on a day of its own. A function apart, so that the usual question pays nothing for it.
    variants constant text[] := ARRAY[['names_met', 'day', 'r.valid', 'day', 'true'],
        ['names_met_governed', 'diming.day_of(n.subject_id, day)', 'diming.governed_valid(r.subject_id, r.valid)',
         'diming.day_of(r.subject_id, day)', 'false']];
    v text[];
    made text;
    -- whole metres; what has no position is farther than anything
    distance constant text := 'coalesce(round(public.ST_DistanceSphere(n.geom, near)), 3e7)';
    ranked constant text := format(
        'CASE WHEN by_distance THEN %s ELSE 0 END, n.importance DESC, n.name, n.subject_id, n.id', distance);
    here constant text := format('(above_m IS NULL OR (%1$s > above_m AND %1$s <= upto_m))', distance);
    after_last constant text := format($f$
        (after_way IS NULL OR way_no > after_way
         OR (CASE WHEN by_distance THEN %s ELSE 0 END, -n.importance, n.name, n.subject_id)
            > (after_distance, -after_importance, after_name COLLATE "C", after_thing))$f$, distance);
    -- how a name is met, for the keys `n`
    paths constant text[] := ARRAY[
        ['name_equals', 'n.main AND n.folded = ANY(vals)'],
        ['name_begins', 'n.main AND n.folded >= low AND n.folded < high'],
        ['name_holds', 'n.main AND n.kind <> ''code'' AND position(low IN n.folded) > 0'],
        ['pinyin_equals', 'n.pinyin <> '''' AND n.pinyin = ANY(vals)'],
        ['pinyin_begins', 'n.pinyin <> '''' AND n.pinyin >= low AND n.pinyin < high'],
        ['initials_equals', 'n.initials <> '''' AND n.initials = ANY(vals)'],
        ['initials_begins', 'n.initials <> '''' AND n.initials >= low AND n.initials < high'],
        ['pinyin_mixed', 'n.pinyin <> '''' AND n.pinyin >= low AND n.pinyin < high AND position(part IN n.folded) > 0'],
        ['initials_mixed',
         'n.initials <> '''' AND n.initials >= low AND n.initials < high AND position(part IN n.folded) > 0'],
        ['sounds_like', 'n.pinyin <> '''' AND n.pinyin = ANY(vals) AND n.folded <> low'],
        ['one_mistake', 'n.main AND n.kind <> ''code'' AND n.folded ~ pattern AND n.folded <> low'],
        ['listed', 'n.main AND n.kind IN (''standard'', ''unverified'')']];
    tiers constant text := 'n.tier = ANY(spaces)';
    grams constant text := $f$(
        diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_a
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_b
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_c
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_d
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_e
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_f
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_g
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) @> tokens_h
        OR diming.name_grams(n.tier, n.class_no, coalesce(n.province, '00'), n.folded) && tokens_any)$f$;
    less_one constant text := 'diming.name_less_one(n.tier, n.folded) && tokens_a';
    statement constant text := '
                    OPEN met FOR SELECT n.* FROM diming.search_name n WHERE %s AND %s AND %s AND %s AND %s
                    ORDER BY %s LIMIT batch;';
    -- Few names, read by their numbers alone: left to itself the planner would also read another index to save filters.
    of_few constant text := '
                    OPEN met FOR WITH held_here AS MATERIALIZED (
                        SELECT n.* FROM diming.search_name n WHERE n.id = ANY(candidates_now))
                    SELECT n.* FROM held_here n WHERE %1$s AND %2$s AND %3$s AND %4$s ORDER BY %5$s LIMIT batch;';
    -- What a name has that any of the ways can meet: less than they ask, and cheap to look at.
    may_meet constant text := $f$(any_name OR translate(n.folded, letters, '') <> n.folded OR n.pinyin = ANY(sounds)
        OR n.initials = ANY(initials_are) OR n.pinyin ^@ ANY(sounds_begin) OR n.initials ^@ ANY(initials_begin))$f$;
    branches text := '';
    matched text := '';
    reached text;
    p text[];
    body text;
BEGIN
    FOREACH p SLICE 1 IN ARRAY paths LOOP
        matched := matched || format(' WHEN %L THEN %s', p[1],
            regexp_replace(regexp_replace(replace(p[2], 'n.folded ~ pattern', 'diming.one_mistake(n.folded, low)'),
                                          '\mvals\M', 'w.vals', 'g'), '\m(low|high|part)\M', 'w.\1', 'g'));
        reached := CASE WHEN p[1] = 'name_holds' THEN grams WHEN p[1] = 'one_mistake' THEN less_one ELSE tiers END;
        branches := branches || format('
                WHEN %L THEN', p[1]);
        branches := branches || '
                IF candidates_now IS NOT NULL THEN' || format(of_few, p[2], filters, here, after_last, ranked);
        IF p[1] IN ('name_equals', 'name_begins') THEN
            branches := branches || '
                ELSIF areas IS NOT NULL THEN'
                || format(statement, 'n.area = ANY(areas)', p[2], filters, here, after_last, ranked);
        END IF;
        IF p[1] IN ('name_equals', 'name_begins', 'pinyin_equals', 'pinyin_begins', 'listed', 'sounds_like') THEN
            branches := branches || '
                ELSIF province_is IS NOT NULL THEN'
                || format(statement, 'n.province = province_is AND ' || tiers, p[2], filters, here, after_last, ranked);
        END IF;
        branches := branches || '
                ELSE' || format(statement, reached, p[2], filters, here, after_last, ranked) || '
                END IF;';
    END LOOP;

    body := $fn$
CREATE OR REPLACE FUNCTION published.{name}(ask jsonb)
RETURNS TABLE (way int, key_id bigint, subject_id uuid, collection text, name text, kind text, valid daterange,
               holds boolean, standing boolean, importance int, type_code text,
               longitude double precision, latitude double precision, distance_m double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    day constant date := ask ->> 'day';
    moment constant timestamptz := ask ->> 'moment';
    status constant text := ask ->> 'status';
    classes constant int[] := diming.texts_of(ask -> 'classes');
    types constant text[] := diming.texts_of(ask -> 'types');
    units constant uuid[] := diming.texts_of(ask -> 'units');
    places constant uuid[] := diming.texts_of(ask -> 'places');
    areas constant uuid[] := diming.texts_of(ask -> 'areas');
    things constant uuid[] := diming.texts_of(ask -> 'things');
    province_is constant text := ask ->> 'province';
    heritage constant text := ask ->> 'heritage';
    zone constant public.geometry := public.ST_GeomFromEWKB(decode(ask ->> 'zone', 'hex'));
    round_at constant public.geometry := diming.position_of(ask -> 'round');
    round_m constant float8 := ask -> 'round' ->> 2;
    near constant public.geometry := diming.position_of(ask -> 'near');
    near_m constant float8 := ask -> 'near' ->> 2;
    by_distance constant boolean := coalesce((ask ->> 'by_distance')::boolean, false);
    wanted constant int := ask ->> 'limit';
    batch constant int := wanted * 2 + 20;
    page_way constant int := ask -> 'after' ->> 0;
    page_distance constant float8 := ask -> 'after' ->> 1;
    page_importance constant int := ask -> 'after' ->> 2;
    page_name constant text := ask -> 'after' ->> 3;
    page_thing constant uuid := ask -> 'after' ->> 4;
    -- metres at which the rings around a position end
    rings constant float8[] := ARRAY[-1, 2e3, 1e4, 5e4, 2.5e5, 1e9];
    -- so many names are read whole rather than looked for by their text (in a zone more: what lies around a position is
    -- looked for in ranks first); of a ring that has `enough` no wider is taken
    few constant int := coalesce((ask ->> 'few')::int, 20000);
    few_in_zone constant int := coalesce((ask ->> 'few')::int, 45000);
    enough constant int := few / 5;
    -- what any of the ways can meet
    any_name boolean;
    letters text;
    sounds text[]; sounds_begin text[]; initials_are text[]; initials_begin text[];
    -- the numbers of all names that can be met where few lie there (null: not few): in the areas, things or zone that
    -- were asked for; within `close_m` of the position
    candidates bigint[];
    close_candidates bigint[];
    close_m float8;
    close_to float8;
    candidates_now bigint[];
    around public.geometry;
    held_there int;
    most int;
    last_step int;
    after_way int;
    after_distance float8;
    after_importance int;
    after_name text;
    after_thing uuid;
    way_no int;
    held text; vals text[]; low text; high text; part text;
    one jsonb;
    above_m float8; upto_m float8;
    spaces int[];
    tokens_a text[]; tokens_b text[]; tokens_c text[]; tokens_d text[]; tokens_e text[]; tokens_f text[];
    tokens_g text[]; tokens_h text[]; tokens_any text[];
    pattern text;
    whole boolean;
    met refcursor;
    r diming.search_name%ROWTYPE;
    final diming.search_name%ROWTYPE;
    final_m float8;
    seen uuid[] := '{}';
    got int;
    left_to_find int := wanted;
BEGIN
    IF coalesce(areas, things) IS NOT NULL OR zone IS NOT NULL OR near IS NOT NULL THEN
        SELECT bool_or(w.path = 'listed'),
               coalesce(string_agg(t.said, '') FILTER (WHERE w.path LIKE 'name%' OR w.path = 'one_mistake'), ''),
               coalesce(array_agg(t.said) FILTER (WHERE w.path IN ('pinyin_equals', 'sounds_like')), '{}'),
               coalesce(array_agg(t.said) FILTER (WHERE w.path IN ('pinyin_begins', 'pinyin_mixed')), '{}'),
               coalesce(array_agg(t.said) FILTER (WHERE w.path = 'initials_equals'), '{}'),
               coalesce(array_agg(t.said) FILTER (WHERE w.path IN ('initials_begins', 'initials_mixed')), '{}')
        INTO any_name, letters, sounds, sounds_begin, initials_are, initials_begin
        FROM (SELECT k ->> 'path' AS path, k ->> 'low' AS low, diming.texts_of(k -> 'values') AS vals
              FROM jsonb_array_elements(ask -> 'ways') k) w
        LEFT JOIN LATERAL unnest(CASE WHEN w.path IN ('pinyin_equals', 'sounds_like', 'initials_equals') THEN w.vals
                                      ELSE array_append(w.vals, w.low) END) t(said) ON t.said IS NOT NULL;
        IF things IS NOT NULL THEN
            candidates := ARRAY(SELECT n.id FROM diming.search_name n WHERE n.subject_id = ANY(things) AND {may_meet});
        ELSIF areas IS NOT NULL AND diming.names_expected(format('n.area = ANY(%L)', areas)) <= few THEN
            candidates := ARRAY(SELECT n.id FROM diming.search_name n WHERE n.area = ANY(areas) AND {may_meet});
        END IF;
        FOR step IN -1 .. CASE WHEN candidates IS NOT NULL THEN -2 WHEN near IS NULL THEN -1 WHEN by_distance THEN 3
                               ELSE 0 END LOOP
            close_to := CASE WHEN step >= 0 THEN CASE WHEN by_distance THEN rings[step + 2] ELSE near_m END END;
            around := CASE WHEN step < 0 THEN zone ELSE diming.box_around(near, close_to) END;
            held_there := NULL;
            most := CASE WHEN step < 0 THEN few_in_zone ELSE few END;
            IF around IS NOT NULL AND diming.names_expected(
                    format('n.geom OPERATOR(public.&&) %L::public.geometry', around)) <= 1.5 * most THEN
                SELECT count(*), coalesce(array_agg(h.id) FILTER (WHERE h.can_be_met), '{}')
                INTO held_there, candidates_now
                FROM (SELECT n.id, {may_meet} AS can_be_met FROM diming.search_name n
                      WHERE n.geom OPERATOR(public.&&) around LIMIT most + 1) h;
            END IF;
            IF held_there <= most AND step < 0 THEN
                candidates := candidates_now;
                EXIT;
            ELSIF held_there <= most THEN
                close_candidates := candidates_now;
                close_m := close_to;
                EXIT WHEN held_there > enough;
            ELSIF step >= 0 THEN
                EXIT;
            END IF;
        END LOOP;
    END IF;
    last_step := CASE WHEN candidates IS NOT NULL THEN 0 WHEN by_distance THEN 4 ELSE 3 END;
    FOR way_at IN coalesce(page_way, 0) .. jsonb_array_length(ask -> 'ways') - 1 LOOP
        way_no := way_at;
        one := ask -> 'ways' -> way_no;
        held := one ->> 'held';
        low := one ->> 'low';
        high := one ->> 'high';
        part := one ->> 'part';
        vals := diming.texts_of(one -> 'values');
        above_m := CASE one ->> 'local' WHEN 'inside' THEN -1 WHEN 'outside' THEN near_m END;
        upto_m := CASE one ->> 'local' WHEN 'inside' THEN near_m WHEN 'outside' THEN 1e9 END;
        candidates_now := coalesce(candidates, CASE WHEN one ->> 'local' = 'inside' THEN close_candidates END);
        whole := moment IS NULL AND NOT by_distance AND diming.is_selective(one);
        FOR step IN 0 .. CASE WHEN whole OR (candidates_now IS NOT NULL AND NOT by_distance) THEN 0 ELSE last_step END LOOP
            IF by_distance THEN
                EXIT WHEN upto_m = 1e9 AND step > 0;
                above_m := CASE WHEN step = 0 OR rings[step + 2] = close_m THEN -1 ELSE rings[step + 1] END;
                -- few have this text: all that are left are ordered at once
                upto_m := CASE WHEN candidates IS NOT NULL
                                    OR (rings[step + 2] > coalesce(close_m, 0) AND diming.is_selective(one, 2)) THEN 1e9
                               ELSE rings[step + 2] END;
                CONTINUE WHEN upto_m < close_m OR (page_way = way_no AND upto_m < page_distance);
                candidates_now := coalesce(candidates, CASE WHEN upto_m = close_m THEN close_candidates END);
                spaces := ARRAY[0, 1, 2, 3, 10, 11, 12, 13];
            ELSIF whole THEN
                spaces := CASE WHEN held = 'former' AND {tiers_tell} THEN ARRAY[10, 11, 12, 13]
                               ELSE ARRAY[0, 10, 1, 11, 2, 12, 3, 13] END;
            ELSE
                spaces := CASE WHEN held = 'former' AND {tiers_tell} THEN ARRAY[step + 10] ELSE ARRAY[step, step + 10] END;
            END IF;
            IF moment IS NOT NULL THEN
                spaces := spaces || CASE WHEN by_distance THEN ARRAY[20, 21, 22, 23] ELSE ARRAY[step + 20] END;
            END IF;
            IF one ->> 'path' = 'name_holds' AND by_distance THEN
                SELECT array_agg((diming.tokens_of(s, classes, province_is, low))[1]) INTO tokens_any
                FROM unnest(spaces) s;
            ELSIF one ->> 'path' = 'name_holds' THEN
                tokens_a := diming.tokens_of(spaces[1], classes, province_is, low);
                tokens_b := diming.tokens_of(spaces[2], classes, province_is, low);
                tokens_c := diming.tokens_of(spaces[3], classes, province_is, low);
                tokens_d := diming.tokens_of(spaces[4], classes, province_is, low);
                tokens_e := diming.tokens_of(spaces[5], classes, province_is, low);
                tokens_f := diming.tokens_of(spaces[6], classes, province_is, low);
                tokens_g := diming.tokens_of(spaces[7], classes, province_is, low);
                tokens_h := diming.tokens_of(spaces[8], classes, province_is, low);
            ELSIF one ->> 'path' = 'one_mistake' THEN
                SELECT array_agg(t) INTO tokens_a FROM unnest(spaces) s, unnest(diming.name_less_one(s, low)) t;
                pattern := diming.mistake_pattern(low);
            END IF;
            after_way := page_way;
            after_distance := page_distance;
            after_importance := page_importance;
            after_name := page_name;
            after_thing := page_thing;
            LOOP
                CASE one ->> 'path' {branches}
                END CASE;
                got := 0;
                LOOP
                    FETCH met INTO r;
                    EXIT WHEN NOT FOUND;
                    got := got + 1;
                    final := r;
                    final_m := CASE WHEN near IS NULL THEN 0
                                    ELSE coalesce(round(public.ST_DistanceSphere(r.geom, near)), 3e7) END;
                    CONTINUE WHEN r.subject_id = ANY(seen);
                    seen := seen || r.subject_id;
                    CONTINUE WHEN page_way IS NOT NULL AND EXISTS (
                        SELECT FROM diming.search_name n, LATERAL (
                            SELECT k.at - 1 AS at, k.w ->> 'path' AS path, k.w ->> 'low' AS low, k.w ->> 'high' AS high,
                                   k.w ->> 'part' AS part, k.w ->> 'held' AS held, k.w ->> 'local' AS local,
                                   diming.texts_of(k.w -> 'values') AS vals
                            FROM jsonb_array_elements(ask -> 'ways') WITH ORDINALITY AS k (w, at)
                            WHERE k.at - 1 <= page_way) w
                        WHERE n.subject_id = r.subject_id AND {earlier_filters}
                          AND (w.local IS NULL OR ({distance} <= near_m) = (w.local = 'inside'))
                          AND (CASE w.path {matched} END)
                          AND (w.at < page_way
                               OR (CASE WHEN by_distance THEN {distance} ELSE 0 END, -n.importance, n.name, n.subject_id)
                                  <= (page_distance, -page_importance, page_name COLLATE "C", page_thing)));
                    way := way_no; key_id := r.id; subject_id := r.subject_id; collection := r.collection;
                    name := r.name; kind := r.kind; valid := {valid}; holds := r.valid @> {its_day};
                    standing := r.stood @> {its_day}; importance := r.importance; type_code := r.type_code;
                    longitude := public.ST_X(r.geom); latitude := public.ST_Y(r.geom); distance_m := final_m;
                    RETURN NEXT;
                    left_to_find := left_to_find - 1;
                    IF left_to_find = 0 THEN
                        CLOSE met;
                        RETURN;
                    END IF;
                END LOOP;
                CLOSE met;
                EXIT WHEN got < batch;
                -- many names of few things: go on after the last of them
                after_way := way_no;
                after_distance := CASE WHEN by_distance THEN final_m ELSE 0 END;
                after_importance := final.importance;
                after_name := final.name;
                after_thing := final.subject_id;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
$fn$;
    body := replace(body, '{branches}', branches);
    body := replace(body, '{may_meet}', may_meet);
    body := replace(body, '{matched}', matched);
    body := replace(body, '{distance}', distance);
    body := replace(body, '{earlier_filters}', replace(filters, 'held', 'w.held'));
    FOREACH v SLICE 1 IN ARRAY variants LOOP
        made := replace(replace(replace(body, '{name}', v[1]), '{day}', v[2]), '{valid}', v[3]);
        EXECUTE replace(replace(made, '{its_day}', v[4]), '{tiers_tell}', v[5]);
    END LOOP;
END $make$;
REVOKE ALL ON FUNCTION published.names_met(jsonb), published.names_met_governed(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.names_met(jsonb), published.names_met_governed(jsonb) TO diming_reader;

-- The units that bear one of some names (whole or without their generic term) or sounds (pinyin, initials) on a day.
CREATE OR REPLACE FUNCTION published.units_named(names text[], sounds text[], on_date date)
RETURNS TABLE (unit_id uuid, text text, importance int)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
    SELECT n.subject_id, n.folded, n.importance FROM diming.search_name n
    WHERE n.tier = ANY(ARRAY[0, 1, 2, 3, 10, 11, 12, 13]) AND n.class_no = 2 AND n.main AND n.folded = ANY(names)
      AND n.collection = 'units' AND n.kind IN ('standard', 'short', 'former') AND n.classification = 'public'
      AND upper_inf(n.known) AND (lower_inf(n.valid) OR lower(n.valid)
           <= (CASE WHEN diming.is_governed() THEN diming.day_of(n.subject_id, on_date) ELSE on_date END))
    UNION ALL
    SELECT n.subject_id, n.pinyin, n.importance FROM diming.search_name n
    WHERE n.tier = ANY(ARRAY[0, 1]) AND n.class_no = 2 AND n.pinyin <> '' AND n.pinyin = ANY(sounds)
      AND n.collection = 'units' AND n.classification = 'public' AND upper_inf(n.known) 
      AND n.valid @> (CASE WHEN diming.is_governed() THEN diming.day_of(n.subject_id, on_date) ELSE on_date END)
    UNION ALL
    SELECT n.subject_id, n.initials, n.importance FROM diming.search_name n
    WHERE n.tier = 0 AND n.class_no = 2 AND n.initials <> '' AND n.initials = ANY(sounds)
      AND n.collection = 'units' AND n.classification = 'public' AND upper_inf(n.known) 
      AND n.valid @> (CASE WHEN diming.is_governed() THEN diming.day_of(n.subject_id, on_date) ELSE on_date END)
    ORDER BY 3 DESC, 1
$$;
REVOKE ALL ON FUNCTION published.units_named(text[], text[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.units_named(text[], text[], date) TO diming_reader;

-- Every name by which units_named may name a unit, so that a question that begins with none is not looked into further.
CREATE OR REPLACE FUNCTION published.unit_words() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog AS $$
    SELECT DISTINCT n.folded FROM diming.search_name n
    WHERE n.main AND n.collection = 'units' AND n.kind IN ('standard', 'short', 'former') AND n.classification = 'public'
      AND upper_inf(n.known)
$$;
REVOKE ALL ON FUNCTION published.unit_words() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.unit_words() TO diming_reader;
