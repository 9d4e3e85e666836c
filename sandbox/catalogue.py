"""``GET /models`` and the catalogue behind it, which the control face may change at run time (rivya-api.md §2, §3)."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import ApiError, json_answer
from sandbox.catalogue_audio import AUDIO_MODELS
from sandbox.catalogue_chat import CHAT_MODELS, CLOSED_MODELS
from sandbox.catalogue_entries import Entry, entry
from sandbox.catalogue_image import IMAGE_MODELS
from sandbox.catalogue_video import VIDEO_MODELS
from sandbox.store import packed
from sandbox.world import World, world_of

BEHAVIOUR: dict[str, dict[str, Any]] = {
    "elevenlabs-dialogue-v3": {"prompt_optional": True},
    "happyhorse-1-0": {"needs_duration_token": ["video"]},
    "wan-2-6": {"needs_duration_token": ["video"]},
    "flux-2-pro": {"format": "webp"},
    "flux-2-flex": {"format": "webp"},
    "z-image": {"format": "png"},
    "4o-image": {"format": "png"},
}


@dataclass(frozen=True)
class Model:
    """One model: ``entry`` is what the list shows, ``behaviour`` what only the sandbox knows about it."""

    entry: Entry
    behaviour: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.entry["id"])

    @property
    def category(self) -> str:
        return str(self.entry["category"])

    @property
    def base_credits(self) -> int:
        return int(self.entry["base_credits"])

    @property
    def is_callable(self) -> bool:
        return self.entry.get("api_status") == "available"


async def list_models(request: Request) -> Response:
    """Answer ``GET /models``: everything, also what cannot be called; no key needed."""
    world = world_of(request)
    rows = world.store.all("SELECT entry FROM models ORDER BY position")
    data = [_shown(world, json.loads(row["entry"])) for row in rows]
    return json_answer({"object": "list", "data": data} | world.assumptions.list_extras)


def find_model(world: World, model: object) -> Model | None:
    """Return the model with this ID, or nothing."""
    row = world.store.one("SELECT entry, behaviour FROM models WHERE id = ?", model) if isinstance(model, str) else None
    return Model(json.loads(row["entry"]), json.loads(row["behaviour"])) if row else None


def put_model(world: World, changes: Entry, behaviour: dict[str, Any] | None = None) -> Entry:
    """Add a model, or change the fields given of one that exists; left-out fields of a new one get plain values."""
    model = changes.get("id")
    if not isinstance(model, str) or not model:
        raise ApiError("validation_failed", "A model needs an id.")
    old = find_model(world, model)
    fresh = entry(model, model, str(changes.get("category", "image")), 1, 1000, [])
    complete = (old.entry if old else fresh) | changes
    kept = (old.behaviour if old else {}) | (behaviour or {})
    with world.store.transaction():
        world.store.run(
            "INSERT INTO models VALUES (?, (SELECT COALESCE(MAX(position), 0) + 1 FROM models), ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, behaviour = excluded.behaviour",
            model, json.dumps(complete), packed(kept),
        )  # fmt: skip
    return complete


def remove_model(world: World, model: str) -> bool:
    """Take a model off the list; its old jobs stay."""
    return world.store.run("DELETE FROM models WHERE id = ?", model) > 0


def seed_models(world: World) -> None:
    """Fill an empty catalogue with the snapshot of rivya-api.md §3."""
    for one in [*IMAGE_MODELS, *VIDEO_MODELS, *AUDIO_MODELS, *CHAT_MODELS, *CLOSED_MODELS]:
        put_model(world, one, BEHAVIOUR.get(one["id"]))


def _shown(world: World, one: Entry) -> Entry:
    return one | {"runtime": world.assumptions.chat_runtime} if one.get("category") == "chat" else one
