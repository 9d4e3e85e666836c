"""What may be a reference, and what one model takes (rivya-api.md §4.1)."""

from pathlib import Path
from typing import Any

import pytest

from console.files.checking import DEFAULT, LIBRARY, MB, check, limits_of, misfit
from console.files.facts import Rejected
from tests.files.samples import picture, written

NANO_BANANA = {"max_files": 8, "kinds": ["image"], "limits": [{"kind": "image", "max_bytes": 30 * 2**20}]}
WAN = {
    "kinds": ["image", "video"],
    "limits": [{"kind": "video", "max_bytes": 10 * 2**20, "mime_types": ["video/mp4", "video/x-matroska"]}],
}


def test_the_defaults_count_a_megabyte_as_a_million_bytes() -> None:
    assert misfit("image", "image/png", 10 * MB, DEFAULT) == ""
    assert misfit("image", "image/png", 10 * MB + 1, DEFAULT) == "10.0 MB is more than the 10 MB that are taken."
    assert misfit("video", "video/mp4", 50 * MB + 1, DEFAULT)
    assert misfit("audio", "audio/mpeg", 10 * MB + 1, DEFAULT)


def test_a_model_widens_and_narrows_the_defaults() -> None:
    assert misfit("image", "image/png", 30 * MB, limits_of(NANO_BANANA)) == ""
    assert misfit("image", "image/png", 30 * MB + 1, limits_of(NANO_BANANA))
    assert misfit("video", "video/mp4", MB, limits_of(NANO_BANANA)) == "Videos are not taken here, only images."
    assert misfit("video", "video/x-matroska", 10 * MB, limits_of(WAN)) == ""
    assert misfit("video", "video/mp4", 10 * MB + 1, limits_of(WAN))
    assert misfit("video", "video/webm", MB, limits_of(WAN)) == "WebM is not taken, only MP4 and Matroska."
    assert misfit("image", "image/webp", 10 * MB, limits_of(WAN)) == ""


@pytest.mark.parametrize(
    "told",
    [None, [], "image", 7, {}, {"kinds": "image"}, {"kinds": [7], "limits": [None, {"kind": 3}, {"max_bytes": 1}]}],
)
def test_limits_of_a_shape_nobody_expected_are_the_defaults(told: Any) -> None:
    assert limits_of(told) == DEFAULT


@pytest.mark.parametrize("max_bytes", [None, True, -1, 0, "10 MB", 1.5])
def test_a_limit_that_makes_no_sense_is_left_out(max_bytes: Any) -> None:
    assert limits_of({"limits": [{"kind": "image", "max_bytes": max_bytes}]}) == DEFAULT


def test_the_library_takes_what_the_most_generous_model_takes() -> None:
    for told in (None, NANO_BANANA, WAN):
        for kind, limit in limits_of(told).items():
            assert limit.max_bytes <= LIBRARY[kind].max_bytes
            assert limit.mime_types <= LIBRARY[kind].mime_types


def test_a_type_that_no_model_takes_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"GIF is not taken, only JPEG, PNG and WebP\."):
        check(written(tmp_path, picture("GIF")))
