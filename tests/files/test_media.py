"""What a file is, by its bytes alone."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from console.files import media, pictures
from console.files.facts import Reason, Rejected
from tests.files.samples import picture, sound, video, written


@pytest.mark.parametrize(
    ("image_format", "mime_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_a_picture_is_known_by_its_content(tmp_path: Path, image_format: str, mime_type: str) -> None:
    facts = media.inspect(written(tmp_path, picture(image_format)), plain=True)
    assert (facts.kind, facts.mime_type, facts.width, facts.height) == ("image", mime_type, 64, 48)


@pytest.mark.parametrize(
    ("container_format", "mime_type"),
    [("mp4", "video/mp4"), ("mov", "video/quicktime"), ("webm", "video/webm"), ("matroska", "video/x-matroska")],
)
def test_a_video_has_its_type_its_size_and_its_length(tmp_path: Path, container_format: str, mime_type: str) -> None:
    path = written(tmp_path, video(container_format=container_format))
    facts = media.inspect(path, plain=True)
    assert (facts.kind, facts.mime_type, facts.width, facts.height) == ("video", mime_type, 64, 48)
    assert facts.duration_seconds == pytest.approx(1.0, abs=0.15)
    poster = media.preview(path, facts)
    assert poster
    assert Image.open(io.BytesIO(poster)).size == (64, 48)


def test_a_sound_has_its_length_and_the_loudness_of_96_slices(tmp_path: Path) -> None:
    path = written(tmp_path, sound(seconds=2, loud_from=1))
    facts = media.inspect(path, plain=True)
    peaks = media.peaks(path, facts)
    assert (facts.kind, facts.mime_type, facts.duration_seconds) == ("audio", "audio/wav", 2.0)
    assert len(peaks) == 96
    assert max(peaks[:40]) == 0
    assert min(peaks[56:]) >= 90
    assert media.preview(path, facts) is None


def test_a_picture_turned_by_its_camera_is_measured_and_shown_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = written(tmp_path, picture("JPEG", exif=exif))
    facts = media.inspect(path, plain=True)
    preview = media.preview(path, facts)
    assert (facts.width, facts.height) == (48, 64)
    assert preview
    assert Image.open(io.BytesIO(preview)).size == (48, 64)


def test_a_preview_is_at_most_960_pixels_wide(tmp_path: Path) -> None:
    path = written(tmp_path, picture("JPEG", (2000, 500)))
    preview = media.preview(path, media.inspect(path))
    assert preview
    assert Image.open(io.BytesIO(preview)).size == (960, 240)


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'{"error": "not found"}',
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"plain words",
    ],
)
def test_text_in_any_dress_is_refused(tmp_path: Path, content: bytes) -> None:
    assert reason(tmp_path, content) == Reason.TEXT


@pytest.mark.parametrize("content", [b"\x7fELF\x02\x01\x01" + bytes(64), b"PK\x03\x04" + bytes(64), bytes(300)])
def test_what_is_no_medium_is_refused(tmp_path: Path, content: bytes) -> None:
    assert reason(tmp_path, content) == Reason.UNKNOWN


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert reason(tmp_path, b"") == Reason.EMPTY


@pytest.mark.parametrize("make", [picture, lambda: picture("JPEG"), lambda: picture("WEBP"), sound, video])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, make: object) -> None:
    assert callable(make)
    content = make()
    assert reason(tmp_path, content[: len(content) * 6 // 10]) == Reason.BROKEN


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(99), b"\xff\xd8\xff\xe0" + bytes(99), b"\0\0\0\x18ftypmp42" + bytes(99)]
)
def test_a_right_beginning_with_nothing_behind_it_is_refused(tmp_path: Path, content: bytes) -> None:
    assert reason(tmp_path, content) == Reason.BROKEN


@pytest.mark.parametrize("size", [(40_000, 40_000), (pictures.MOST_PIXELS // 8000 + 1, 8000), (10_000, 9_000)])
def test_a_picture_with_too_many_pixels_is_refused_by_its_head(tmp_path: Path, size: tuple[int, int]) -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    assert reason(tmp_path, content + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))) == (
        Reason.TOO_LARGE
    )


def test_a_file_that_is_two_things_at_once_is_refused_from_people_but_kept_when_paid_for(tmp_path: Path) -> None:
    archive = io.BytesIO(picture())
    archive.seek(0, io.SEEK_END)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("evil.html", "<script>")
    for content in (archive.getvalue(), picture() + b"<html><script>alert(1)</script>"):
        assert reason(tmp_path, content) == Reason.TWO_KINDS
        assert media.inspect(written(tmp_path, content)).mime_type == "image/png"


def reason(folder: Path, content: bytes) -> Reason:
    with pytest.raises(Rejected) as rejected:
        media.inspect(written(folder, content), plain=True)
    return rejected.value.reason
