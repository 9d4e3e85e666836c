"""One entry of Rivya's list as a row of ours: what the columns hold, and whether forms drawn from it still fit."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from console import rivya

# What a form is made of. The price is told on the form itself and compared there.
_FORM_FIELDS = (
    "api_status",
    "category",
    "file_kinds",
    "max_prompt_length",
    "params",
    "prompt_required",
    "reference_media",
    "requires_files_api",
    "requires_upload_for_modes",
    "supported_api_inputs",
    "supported_modes",
)
_LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True)
class Entry:
    """`columns` are the values of a `CatalogueModel`, clipped to what they hold."""

    columns: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.columns["id"])

    @property
    def raw(self) -> dict[str, Any]:
        found: dict[str, Any] = self.columns["raw"]
        return found

    @property
    def schema_hash(self) -> str:
        return str(self.columns["schema_hash"])


def entry_of(model: rivya.Model) -> Entry | None:
    """The entry as a row, or None for one that no address could name (line ends, say) or no database could hold."""
    raw = _storable(model.raw)
    if raw is None or len(model.id) > 120 or not model.id.strip() or not model.id.isprintable():
        return None
    length = model.max_prompt_length
    return Entry(
        {
            "id": model.id,
            "display_name": _clipped(model.display_name, 200) or model.id,
            "category": _clipped(model.category, 32),
            "base_credits": _small(model.base_credits),
            "billing_type": _clipped(model.billing_type, 32),
            "api_status": _clipped(model.api_status, 32),
            "api_input_status": _clipped(model.api_input_status, 64),
            "max_prompt_length": _small(length) if length and length > 0 else None,
            "raw": raw,
            "schema_hash": schema_hash(raw),
        }
    )


def schema_hash(raw: dict[str, Any]) -> str:
    """Changes when, and only when, something a form depends on changes."""
    told = {name: raw.get(name) for name in _FORM_FIELDS}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _storable(raw: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return json.loads(json.dumps(_without_nul(raw), allow_nan=False))  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        return None


def _without_nul(value: Any) -> Any:
    """PostgreSQL's JSON cannot hold the character NUL."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    return [_without_nul(inner) for inner in value] if isinstance(value, list) else value


def _clipped(text: str, most: int) -> str:
    return text.replace("\0", "").strip()[:most]


def _small(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= _LARGEST_INTEGER else None
