-- The gazetteer: places, name assertions, heritage tags, concordances, search keys.
CREATE TABLE diming.place_class (
    key text PRIMARY KEY,
    item int NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL
);
-- 地名管理条例 第三条 (State Council Order 753), items (一) to (八)
INSERT INTO diming.place_class VALUES
    ('NATURAL', 1, '自然地理实体', 'natural feature'),
    ('ADMIN_DIVISION', 2, '行政区划', 'administrative division'),
    ('VILLAGE_COMMUNITY', 3, '村民委员会、居民委员会所在地', 'seat of a village or residents'' committee'),
    ('PARK_RESERVE', 4, '城市公园、自然保护地', 'city park or nature reserve'),
    ('STREET', 5, '街路巷', 'street, road or lane'),
    ('RESIDENTIAL_BUILDING', 6, '住宅区、楼宇', 'residential area or building'),
    ('FACILITY', 7, '设施', 'facility'),
    ('OTHER', 8, '其他地理实体', 'other geographical entity');

CREATE TABLE diming.place (
    id uuid PRIMARY KEY,
    class text NOT NULL REFERENCES diming.place_class CHECK (class <> 'ADMIN_DIVISION'),
    type_code text NOT NULL CHECK (type_code ~ '^[0-9]{5}$'),
    geom geometry(Point, 4490) NOT NULL,
    -- the unit of the present polygons in which the point lies; null: outside all of them
    unit_id uuid REFERENCES diming.unit,
    rank int NOT NULL DEFAULT 0,
    valid daterange NOT NULL DEFAULT daterange(NULL, NULL),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public'
);
CREATE INDEX place_geom ON diming.place USING gist (geom);
CREATE INDEX place_unit ON diming.place (unit_id);
CREATE INDEX place_type ON diming.place (type_code, id);

CREATE TABLE diming.place_name (
    id uuid PRIMARY KEY,
    -- a place or a unit (a unit's standard names stand in its versions and never here)
    subject_id uuid NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    kind text NOT NULL CHECK (kind IN
        ('standard', 'unverified', 'former', 'short', 'alias', 'traditional', 'minority', 'foreign')),
    language text NOT NULL DEFAULT 'zh',
    script text NOT NULL DEFAULT 'Hans',
    romanization text,
    romanization_system text,
    valid daterange NOT NULL DEFAULT daterange(NULL, NULL),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    source text NOT NULL,
    certainty text NOT NULL DEFAULT 'certain' CHECK (certainty IN ('certain', 'probable', 'unverified')),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT one_standard_name_at_a_time
        EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&) WHERE (kind = 'standard')
);
CREATE INDEX place_name_subject ON diming.place_name (subject_id);

CREATE TABLE diming.heritage_tag (
    id uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    list text NOT NULL,
    level text NOT NULL CHECK (level IN ('national', 'province', 'city', 'county')),
    category text NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT one_tag_of_a_list_at_a_time
        EXCLUDE USING gist (subject_id WITH =, list WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX heritage_tag_list ON diming.heritage_tag (list, level);

CREATE TABLE diming.concordance (
    subject_id uuid NOT NULL,
    authority text NOT NULL,
    external_id text NOT NULL,
    matched_by text NOT NULL,
    opened_by uuid NOT NULL REFERENCES diming.decision,
    PRIMARY KEY (authority, external_id)
);
CREATE INDEX concordance_subject ON diming.concordance (subject_id);

-- One row for every name by which something can be found; rewritten with the row it comes from.
CREATE TABLE diming.search_name (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_id uuid NOT NULL,
    collection text NOT NULL CHECK (collection IN ('units', 'places')),
    name text NOT NULL,
    kind text NOT NULL,
    valid daterange NOT NULL,
    -- simplified characters, no spaces or punctuation
    folded text COLLATE "C" NOT NULL,
    pinyin text COLLATE "C" NOT NULL,
    initials text COLLATE "C" NOT NULL,
    -- smaller is more important: level of a unit, then type and population of a place
    rank int NOT NULL,
    classification diming.classification NOT NULL DEFAULT 'public'
);
CREATE INDEX search_name_folded ON diming.search_name (folded);
CREATE INDEX search_name_pinyin ON diming.search_name (pinyin);
CREATE INDEX search_name_initials ON diming.search_name (initials);
CREATE INDEX search_name_trgm ON diming.search_name USING gin (folded gin_trgm_ops);
CREATE INDEX search_name_subject ON diming.search_name (subject_id);
