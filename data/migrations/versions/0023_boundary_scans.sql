-- Scanned sheets (扫描附图) under the map of a line. For staff: no view of them is published.
CREATE TABLE diming.boundary_scan (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    media_type text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/tiff')),
    width_px int NOT NULL CHECK (width_px > 0),
    height_px int NOT NULL CHECK (height_px > 0),
    -- the four points as given: [[x_px, y_px, longitude, latitude], …], upper left first, clockwise
    corners jsonb NOT NULL CHECK (jsonb_typeof(corners) = 'array' AND jsonb_array_length(corners) = 4),
    -- where the picture's own corners lie, and by how much the affine fit misses each point, in metres
    outline jsonb NOT NULL CHECK (jsonb_typeof(outline) = 'array' AND jsonb_array_length(outline) = 4),
    residuals_m jsonb NOT NULL CHECK (jsonb_typeof(residuals_m) = 'array' AND jsonb_array_length(residuals_m) = 4),
    metres_per_pixel double precision NOT NULL CHECK (metres_per_pixel > 0),
    added_by text NOT NULL CHECK (added_by <> ''),
    added_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- a scan that was placed wrongly is taken from under the map; what was added stays on record
    removed_by text CHECK (removed_by <> ''),
    removed_at timestamptz,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
CREATE INDEX boundary_scan_line ON diming.boundary_scan (line_id) WHERE removed_at IS NULL;
