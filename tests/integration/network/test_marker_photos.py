"""Photographs of markers: kept once, byte for byte; where they were taken is their own claim; for staff alone."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import pytest
from PIL import ExifTags, Image
from sqlalchemy import Engine, text

from boundaries.markers.exif import Claim, claim_of
from boundaries.markers.photos import Told, add_photo, open_photo, photos_of
from data.blobs import FolderBlobs
from data.db import reading
from data.errors import BadInput, NotFound, NotPermitted
from data.ids import new_id
from tests.integration.network.test_lines import line_of
from tests.samples.keepers import Keepers, open_offices, set_stone, stone


def picture(*, place: bool = True, south: bool = False, colour: str = "grey") -> bytes:
    """A photograph as a phone makes it, taken somewhere else than the marker stands."""
    image, exif = Image.new("RGB", (8, 6), colour), Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:02 10:15:00"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S" if south else "N", (40.0, 30.0, 36.0)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (99.0, 0.0, 0.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    return open_offices(office, ())


@pytest.fixture
def marker(keepers: Keepers) -> UUID:
    return set_stone(keepers.engine, stone(line_of(keepers.engine, "990121", "990122"))).id


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


def test_a_photograph_is_kept_as_it_came_with_what_it_claims(
    keepers: Keepers, blobs: FolderBlobs, marker: UUID
) -> None:
    content = picture()
    for who in ("甲县测绘员", "乙县界线员"):
        kept = add_photo(
            keepers.engine, blobs, keepers[who], marker, io.BytesIO(content), "界桩正面.jpg", Told("正面", 90.0)
        )
    with reading(keepers.engine) as connection:
        (photo,) = photos_of(connection, marker)
        with open_photo(connection, blobs, marker, photo["id"]) as (row, file):
            assert (row["file_name"], file.read()) == ("界桩正面.jpg", content)
        with pytest.raises(NotFound), open_photo(connection, blobs, new_id(), photo["id"]):
            pass
        entries = connection.execute(text("SELECT count(*) FROM diming.audit WHERE action = 'marker.photo'")).scalar()
    assert photo == kept
    assert (photo["caption"], photo["looks_deg"]) == ("正面", 90.0)
    assert photo["claimed"]["at"] == "2026-03-02T10:15:00"
    assert photo["claimed"]["position"] == pytest.approx([99.0, 40.51])
    assert entries == 1


def test_who_may_add_which_files(keepers: Keepers, blobs: FolderBlobs, marker: UUID) -> None:
    def add(who: str, content: bytes = b"text", name: str = "a.txt", told: Told | None = None) -> None:
        add_photo(keepers.engine, blobs, keepers[who], marker, io.BytesIO(content), name, told or Told())

    with pytest.raises(NotPermitted):
        add("丙县界线员", picture(), "a.jpg")
    for content, name, told in (
        (b"text", "a.txt", None),
        (b"text", "a.jpg", None),
        (picture(), "a.jpg", Told(looks_deg=360.0)),
        (picture(), "a.jpg", Told("字" * 501)),
    ):
        with pytest.raises(BadInput):
            add("云溪市界线员", content, name, told)
    with reading(keepers.engine) as connection:
        assert photos_of(connection, marker) == []


def test_what_a_file_claims_and_what_it_does_not() -> None:
    assert claim_of(io.BytesIO(picture(place=False))) == Claim("2026-03-02T10:15:00", None)
    south = claim_of(io.BytesIO(picture(south=True))).position
    assert south == pytest.approx((99.0, -40.51))
    assert claim_of(io.BytesIO(b"\xff\xd8\xff\xe1no picture")) == Claim()
    assert claim_of(io.BytesIO(picture()[:60])) in (Claim(), Claim("2026-03-02T10:15:00", None))
