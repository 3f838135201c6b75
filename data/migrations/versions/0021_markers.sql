-- More of a marker's registration form (登记表), and its photographs.
ALTER TABLE diming.marker_version
    ADD COLUMN shape text CHECK (shape <> ''),
    ADD COLUMN set_on diming.partial_date,
    ADD COLUMN surveyed_on diming.partial_date,
    -- one for each unit beside it: [{"unit", "location", "responsible", "signed_on"}]; who signed is for staff
    ADD COLUMN sides jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(sides) = 'array' AND jsonb_array_length(sides) <= 3);

-- Photographs of markers, kept byte for byte under their hash. What the file itself says of when and where it was taken
-- is a claim: a camera's clock and a phone's position prove nothing. For staff: no view of it is published.
CREATE TABLE diming.marker_photo (
    id uuid PRIMARY KEY,
    marker_id uuid NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    file_name text NOT NULL CHECK (file_name <> '' AND length(file_name) <= 200),
    media_type text NOT NULL,
    caption text NOT NULL DEFAULT '' CHECK (length(caption) <= 500),
    -- the camera looks this way from true north, in degrees, as whoever added it says
    looks_deg double precision CHECK (looks_deg >= 0 AND looks_deg < 360),
    claimed_at text,
    claimed_position geometry(Point, 4490),
    added_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    added_by text NOT NULL,
    CONSTRAINT one_photo_of_a_marker_once UNIQUE (marker_id, sha256)
);
CREATE INDEX marker_photo_marker ON diming.marker_photo (marker_id, added_at);
