// What the maps of findings and of a line have in common.

export const CJK_FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif';

/** The corners of the box around features, south-west first; null where there are none. */
export function corners(features) {
  const box = [[180, 90], [-180, -90]];
  const meet = (coordinates) => {
    if (typeof coordinates[0] !== "number") return coordinates.forEach(meet);
    const [x, y] = coordinates;
    box[0] = [Math.min(box[0][0], x), Math.min(box[0][1], y)];
    box[1] = [Math.max(box[1][0], x), Math.max(box[1][1], y)];
    return null;
  };
  features.forEach((feature) => meet(feature.geometry.coordinates));
  return box[0][0] > box[1][0] ? null : box;
}

/** A position in words: longitude and latitude in CGCS2000, six decimals: a decimetre. */
export function told({ lng, lat }, where) {
  return `${where} ${Math.abs(lng).toFixed(6)}°${lng < 0 ? "W" : "E"} ${Math.abs(lat).toFixed(6)}°${lat < 0 ? "S" : "N"}`;
}
