from dataclasses import dataclass
from typing import Any

import pytest

from console.catalogue.references import rules_of


@dataclass(frozen=True)
class Picture:
    name: str = "fox.png"
    kind: str = "image"
    mime_type: str = "image/png"
    size_bytes: int = 1_000


MEDIA = {
    "max_files": 2,
    "kinds": ["image"],
    "limits": [{"kind": "image", "max_bytes": 5_000_000, "mime_types": ["image/png", "image/jpeg"]}],
}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([Picture()] * 3, "takes 2 at most; 3 are chosen"),
        ([Picture(kind="video", mime_type="video/mp4")], "a video is not what this model takes (images)"),
        ([Picture(size_bytes=6_000_000)], "6 MB is more than this model's 5 MB"),
        ([Picture(mime_type="image/webp")], "WebP is not one of PNG, JPEG"),
    ],
)
def test_files_that_do_not_fit_are_told_in_words(files: list[Picture], says: str) -> None:
    problems = rules_of({"reference_media": MEDIA}).problems("Probe", files)
    assert len(problems) == 1
    assert says in problems[0]


def test_files_that_fit_have_no_problems() -> None:
    assert rules_of({"reference_media": MEDIA}).problems("Probe", [Picture(), Picture()]) == []


@pytest.mark.parametrize(
    "raw", [{}, {"reference_media": None, "file_kinds": []}, {"reference_media": {"max_files": 0}}]
)
def test_a_model_that_names_no_files_takes_none(raw: dict[str, Any]) -> None:
    rules = rules_of(raw)
    assert not rules.takes_any
    assert "takes no reference files" in rules.problems("Probe", [Picture()])[0]
    assert rules.problems("Probe", []) == []


@pytest.mark.parametrize(
    "raw",
    [
        {"requires_files_api": True},
        {
            "supported_modes": ["video-to-video"],
            "requires_upload_for_modes": ["video-to-video"],
            "file_kinds": ["video"],
        },
    ],
)
def test_a_model_that_works_only_from_files_asks_for_one(raw: dict[str, Any]) -> None:
    assert rules_of(raw).problems("Probe", []) == ["Probe needs a reference file."]


def test_what_is_not_told_is_not_forbidden() -> None:
    rules = rules_of({"file_kinds": ["image"], "reference_media": "all kinds of things"})
    assert rules.problems("Probe", [Picture()] * 40) == []
    assert "10 MB" in rules.problems("Probe", [Picture(size_bytes=11_000_000)])[0]


def test_the_rules_are_one_sentence() -> None:
    assert rules_of({"reference_media": MEDIA}).words == "Up to 2 images up to 5 MB (PNG, JPEG)."
