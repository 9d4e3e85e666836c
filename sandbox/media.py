"""Media behind unguessable addresses, without a key, for a day (A16). Results are painted when first fetched."""

import asyncio
import hashlib
import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox.answers import ApiError
from sandbox.media_formats import TYPES, result_format
from sandbox.painting import paint
from sandbox.parameters import REFERENCES
from sandbox.store import packed
from sandbox.world import World, world_of


def add_results(world: World, row: sqlite3.Row, plan: dict[str, Any]) -> list[str]:
    """Store what a finished job made and return the addresses, in order."""
    if plan.get("urls") is not None:
        return [str(url) for url in plan["urls"]]
    params = json.loads(row["params"])
    count = max(0, int(plan["count"]))
    kinds = [row["category"]] * count + ["image"] * (params.get("return_last_frame") == "true")
    behaviour = world.store.one("SELECT behaviour FROM models WHERE id = ?", row["model"])
    suffixes = [result_format(kind, params, json.loads(behaviour["behaviour"]) if behaviour else {}) for kind in kinds]
    tokens = [_add_result(world, row, plan, params, index, len(kinds), kind, suffix)
              for index, (kind, suffix) in enumerate(zip(kinds, suffixes, strict=True))]  # fmt: skip
    return [f"{row['base_url']}/media/{token}.{suffix}" for token, suffix in zip(tokens, suffixes, strict=True)]


def add_upload(world: World, account: str, path: Path, name: str, content_type: str) -> str:
    """Store an uploaded file that lies at ``path``. Returns its token."""
    token, now = secrets.token_urlsafe(24), world.clock.now()
    world.store.add(
        "media", token=token, account=account, content_type=content_type, name=name, path=path.name, created_at=now,
        expires_at=now + world.assumptions.media_hours * 3600,
    )  # fmt: skip
    return token


async def serve_media(request: Request) -> Response:
    """Answer ``GET /media/<token>.<suffix>``: the bytes, or 404 when unknown or run out."""
    world, token = world_of(request), request.path_params["name"].partition(".")[0]
    row = world.store.one("SELECT * FROM media WHERE token = ?", token)
    if row is None or row["expires_at"] <= world.clock.now():
        raise ApiError("not_found", "There is no such file, or its address has run out.")
    path = world.media_folder / row["path"] if row["path"] else await _painted(world, row["recipe"])
    world.store.run("UPDATE media SET downloads = downloads + 1 WHERE token = ?", token)
    headers = {"Cache-Control": "private, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return FileResponse(path, headers=headers, media_type=row["content_type"])


def _add_result(
    world: World,
    row: sqlite3.Row,
    plan: dict[str, Any],
    params: dict[str, Any],
    index: int,
    of: int,
    kind: str,
    suffix: str,
) -> str:
    token, finished = secrets.token_urlsafe(24), row["finishes_at"]
    lifetime = 0.0 if plan.get("media") == "expired" else world.assumptions.media_hours * 3600
    recipe = {
        "kind": kind, "suffix": suffix, "model": row["model"], "prompt": row["prompt"], "index": index, "of": of,
        "params": {key: value for key, value in params.items() if key != REFERENCES}, "seed": world.seed,
        "references": _reference_paths(world, params), "pixels": world.assumptions.media_pixels,
    }  # fmt: skip
    world.store.add(
        "media", token=token, account=row["account"], content_type=TYPES[suffix], name=f"{row['id']}-{index}.{suffix}",
        recipe=packed(recipe), created_at=finished, expires_at=finished + lifetime,
    )  # fmt: skip
    return token


def _reference_paths(world: World, params: dict[str, Any]) -> list[str]:
    """Return the file names of uploaded pictures, so that a result can show what it was made from."""
    urls = [item.get("url") for item in params.get(REFERENCES) or [] if item.get("kind") == "image"]
    rows = [world.store.one("SELECT path FROM files JOIN media USING (token) WHERE url = ?", url) for url in urls]
    return [str(row["path"]) for row in rows if row is not None]


async def _painted(world: World, recipe: str) -> Path:
    """Return the file of a recipe, painted at most once: the same recipe is the same file."""
    name = hashlib.sha256(recipe.encode()).hexdigest()
    path = world.media_folder / f"{name}.{json.loads(recipe)['suffix']}"
    if path.exists():
        return path
    if name not in world.painting:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(world.painters, paint, json.loads(recipe), path, world.media_folder)
        world.painting[name] = work
        work.add_done_callback(lambda _: world.painting.pop(name, None))
    return await asyncio.shield(world.painting[name])
