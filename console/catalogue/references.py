"""Which reference files a model takes, as far as its entry tells (rivya-api.md §2, §4.1, A6): hints, read leniently."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

KINDS = ("image", "video", "audio")

# rivya-api.md §4.1, with our own reading of a megabyte (A11): 10^6 bytes.
_MEBIBYTE = 2**20
DEFAULT_MAX_BYTES = {"image": 10_000_000, "video": 50_000_000, "audio": 10_000_000}


class Candidate(Protocol):
    """A file that might become a reference."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def mime_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...


@dataclass(frozen=True)
class Limit:
    """What one kind of file may be. No types named: any that Rivya takes."""

    max_bytes: int
    mime_types: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        types = ", ".join(_short(mime_type) for mime_type in self.mime_types)
        return f"up to {megabytes(self.max_bytes)}" + (f" ({types})" if types else "")


@dataclass(frozen=True)
class ReferenceRules:
    """`max_files` None: no limit is known. A model that takes none has no kinds."""

    min_files: int = 0
    max_files: int | None = 0
    kinds: tuple[str, ...] = ()
    limits: Mapping[str, Limit] = field(default_factory=dict)

    @property
    def takes_any(self) -> bool:
        return bool(self.kinds)

    @property
    def words(self) -> str:
        """The rules in one sentence."""
        if not self.takes_any:
            return "Takes no reference files."
        most = "Any number of" if self.max_files is None else f"Up to {self.max_files}"
        what = " or ".join(f"{_noun(kind, self.max_files)} {self.limit(kind).words}" for kind in self.kinds)
        return f"{most} {what}." + (f" At least {self.min_files} needed." if self.min_files else "")

    @property
    def short(self) -> str:
        """The rules in a few words, without sizes: "up to 4 images", "1 video, needed"."""
        if not self.takes_any:
            return "none"
        kinds = "/".join(_noun(kind, self.max_files) for kind in self.kinds)
        count = "any number of" if self.max_files is None else "1" if self.max_files == 1 else f"up to {self.max_files}"
        return f"{count} {kinds}" + (", needed" if self.min_files else "")

    def limit(self, kind: str) -> Limit:
        return self.limits.get(kind) or Limit(DEFAULT_MAX_BYTES.get(kind, 10_000_000))

    def fits(self, file: Candidate) -> bool:
        return not self._problem_of(file)

    def problems(self, model_name: str, files: Sequence[Candidate]) -> list[str]:
        """What is wrong with these files as the references of a job, in words; empty when nothing is."""
        if files and not self.takes_any:
            return [f"{model_name} takes no reference files. Remove them, or choose another model."]
        found = [f"{file.name}: {problem}" for file in files if (problem := self._problem_of(file))]
        if self.max_files is not None and len(files) > self.max_files:
            found.append(f"{model_name} takes {self.max_files} at most; {len(files)} are chosen.")
        if len(files) < self.min_files:
            need = "a reference file" if self.min_files == 1 else f"{self.min_files} reference files"
            found.append(f"{model_name} needs {need}.")
        return found

    def _problem_of(self, file: Candidate) -> str:
        limit = self.limit(file.kind)
        if file.kind not in self.kinds:
            return f"{_article(file.kind)} is not what this model takes ({_listed(self.kinds)})."
        if file.size_bytes > limit.max_bytes:
            return f"{megabytes(file.size_bytes)} is more than this model's {megabytes(limit.max_bytes)}."
        if limit.mime_types and file.mime_type not in limit.mime_types:
            return f"{_short(file.mime_type)} is not one of {', '.join(map(_short, limit.mime_types))}."
        return ""


def rules_of(raw: Mapping[str, Any]) -> ReferenceRules:
    """The rules of a model's entry. What is missing or odd is read as: allowed, with Rivya's general limits."""
    media = raw.get("reference_media")
    media = media if isinstance(media, dict) else {}
    limits = _limits(media.get("limits"))
    kinds = _kinds(media.get("kinds")) or _kinds(raw.get("file_kinds")) or tuple(limits)
    if not kinds and _needs_files(raw):
        kinds = KINDS
    most = _count(media.get("max_files"))
    if not kinds or most == 0:
        return ReferenceRules()
    return ReferenceRules(min_files=1 if _needs_files(raw) else 0, max_files=most, kinds=kinds, limits=limits)


def megabytes(size_bytes: int) -> str:
    """A size as people say it: "9.5 MB"."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1_000_000:.1f}".removesuffix(".0") + " MB"


def _needs_files(raw: Mapping[str, Any]) -> bool:
    modes, uploading = _strings(raw.get("supported_modes")), _strings(raw.get("requires_upload_for_modes"))
    every_mode_uploads = bool(modes) and set(modes) <= set(uploading)
    return raw.get("requires_files_api") is True or every_mode_uploads


def _limits(found: Any) -> dict[str, Limit]:
    limits = {}
    for item in found if isinstance(found, list) else []:
        if isinstance(item, dict) and item.get("kind") in KINDS:
            size = _own_megabytes(_count(item.get("max_bytes"))) or DEFAULT_MAX_BYTES[item["kind"]]
            limits[item["kind"]] = Limit(size, _strings(item.get("mime_types")))
    return limits


def _own_megabytes(size_bytes: int | None) -> int | None:
    """A limit of whole binary megabytes as decimal ones: neither reading of Rivya's limits is overstepped (A11)."""
    if size_bytes is None or size_bytes % _MEBIBYTE:
        return size_bytes
    return size_bytes // _MEBIBYTE * 1_000_000


def _count(found: Any) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _kinds(found: Any) -> tuple[str, ...]:
    return tuple(kind for kind in KINDS if kind in _strings(found))


def _strings(found: Any) -> tuple[str, ...]:
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def _noun(kind: str, most: int | None) -> str:
    plural = {"image": "images", "video": "videos", "audio": "audio files"}
    single = {"image": "image", "video": "video", "audio": "audio file"}
    return (single if most == 1 else plural).get(kind, kind)


def _article(kind: str) -> str:
    return {"image": "an image", "video": "a video", "audio": "an audio file"}.get(kind, kind)


def _listed(kinds: Iterable[str]) -> str:
    return " or ".join(_noun(kind, None) for kind in kinds)


def _short(mime_type: str) -> str:
    name = mime_type.rpartition("/")[2].removeprefix("x-")
    return {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "quicktime": "MOV", "mpeg": "MP3"}.get(name, name.upper())
