"""What a photograph says of when and where it was taken (EXIF): a claim, never a proof. Pure.

A camera's clock is set by hand, and a phone's position is off by metres and easily made up.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

#: Formats that photographs come in; nothing else is opened.
FORMATS = ("JPEG", "PNG", "TIFF")


@dataclass(frozen=True, slots=True)
class Claim:
    """`taken_at` as the camera wrote it (local time without a zone); position in degrees on WGS 84."""

    taken_at: str | None = None
    position: tuple[float, float] | None = None


def claim_of(file: BinaryIO) -> Claim:
    """What the photograph claims; nothing where it says nothing, or nothing that can be understood.

    Only the head of the file is read; no picture is unpacked.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged EXIF block is no claim, and nobody's concern
            with Image.open(file, formats=FORMATS) as picture:
                exif = picture.getexif()
                taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
                place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError):
        return Claim()
    return Claim(_moment(taken), _position(place))


def _moment(taken: Any) -> str | None:
    """`2026:03:02 10:15:00` as ISO 8601 without a zone."""
    if not isinstance(taken, str) or len(taken) < len("2026:03:02 10:15:00") or not taken.isprintable():
        return None
    return taken[:10].replace(":", "-") + "T" + taken[11:19]


def _position(place: Mapping[int, Any]) -> tuple[float, float] | None:
    latitude = _angle(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90.0)
    longitude = _angle(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180.0)
    return None if latitude is None or longitude is None else (longitude, latitude)


def _angle(place: Mapping[int, Any], value: int, reference: int, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[value])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(angle) or angle > most:
        return None
    return -angle if place.get(reference) == negative else angle
