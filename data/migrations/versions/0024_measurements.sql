-- What the field party of an inspection measured and photographed (实测、修测、照片), and the works on markers that were
-- begun in an inspection. For staff: no view of them is published.
CREATE TABLE diming.inspection_measurement (
    id uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES diming.inspection,
    task_id uuid NOT NULL REFERENCES diming.inspection_task,
    side text NOT NULL CHECK (side IN ('joint', 'left', 'right')),
    -- marker: what of its registration was measured again; resurvey: the course or feature as it is now; photo
    kind text NOT NULL CHECK (kind IN ('marker', 'resurvey', 'photo')),
    observed_on date NOT NULL,
    -- the fields of the registration form as they were written, and the state found; what is left out stays registered
    registration jsonb CHECK (jsonb_typeof(registration) = 'object'),
    -- of a resurvey the geometry; of a photograph the place where it was taken
    geom geometry(Geometry, 4490),
    accuracy_m double precision CHECK (accuracy_m > 0),
    photo_sha256 bytea CHECK (length(photo_sha256) = 32),
    photo_name text,
    photo_type text,
    remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    CONSTRAINT a_registration_is_of_a_marker CHECK ((kind = 'marker') = (registration IS NOT NULL)),
    CONSTRAINT a_photo_has_bytes CHECK (
        (kind = 'photo') = (photo_sha256 IS NOT NULL AND photo_name IS NOT NULL AND photo_type IS NOT NULL)),
    CONSTRAINT a_resurvey_has_a_course CHECK (kind <> 'resurvey' OR geom IS NOT NULL),
    CONSTRAINT a_measured_accuracy_is_of_a_place CHECK (accuracy_m IS NULL OR geom IS NOT NULL)
);
CREATE INDEX inspection_measurement_inspection ON diming.inspection_measurement (inspection_id, task_id);

-- Works on markers that were proposed within an inspection.
CREATE TABLE diming.inspection_work (
    case_id uuid PRIMARY KEY REFERENCES diming.case_file,
    inspection_id uuid NOT NULL REFERENCES diming.inspection
);
CREATE INDEX inspection_work_inspection ON diming.inspection_work (inspection_id);

-- A joint inspection looks at a marker and registers it anew where its witness objects or notes have changed.
ALTER TABLE diming.marker_event DROP CONSTRAINT marker_event_kind_check;
ALTER TABLE diming.marker_event ADD CONSTRAINT marker_event_kind_check
    CHECK (kind IN ('set', 'repaired', 'moved', 'restored', 'replaced', 'renumbered', 'lost', 'damaged', 'scrapped',
                    'corrected', 'inspected'));
