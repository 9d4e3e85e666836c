"""``POST /files`` and ``GET /files/{fileId}``: reference media (rivya-api.md §4)."""

import asyncio
import hashlib
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import av
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sandbox.access import Caller, needs
from sandbox.answers import ApiError, json_answer, new_id
from sandbox.bodies import client_request_id
from sandbox.clock import written
from sandbox.file_limits import limit_of
from sandbox.file_signatures import mime_type
from sandbox.media import add_upload
from sandbox.visits import visit_of
from sandbox.world import World

CHUNK = 1 << 20


@needs("files:create")
async def create_file(request: Request, caller: Caller) -> Response:
    """Take an upload, judge it by its content and keep it."""
    world = caller.world
    async with request.form(max_files=1, max_fields=8) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise ApiError("validation_failed", "The part file is missing.")
        kind, trace = form.get("kind"), client_request_id(world, form.get("client_request_id"))
        path, sha256 = await _kept(world, upload, _checked(world, upload, form))
        await visit_of(request).pause_during()
        name, content_type = upload.filename or "file", mime_type(path.read_bytes()[:64]) or ""
    duration = await asyncio.to_thread(_duration_seconds, path) if kind != "image" else None
    with world.store.transaction():
        token = add_upload(world, caller.account, path, name, content_type)
        now, file = world.clock.now(), new_id("file")
        world.store.add(
            "files", id=file, account=caller.account, token=token, kind=kind, name=name, mime_type=content_type,
            url=f"{world.base_url(request)}/media/{token}{path.suffix}", size_bytes=path.stat().st_size,
            duration_seconds=duration, duration_token=None if kind == "image" else f"dt_{secrets.token_urlsafe(18)}",
            sha256=sha256, client_request_id=trace, created_at=now,
            available_at=now + world.assumptions.files_processing_seconds,
        )  # fmt: skip
    return json_answer(_shown(world, _file(caller, file)), world.assumptions.create_status)


@needs("files:read")
async def read_file(request: Request, caller: Caller) -> Response:
    """Answer a file of this account."""
    return json_answer(_shown(caller.world, _file(caller, request.path_params["file_id"])))


def _file(caller: Caller, file: str) -> sqlite3.Row:
    row = caller.world.store.one("SELECT * FROM files WHERE id = ? AND account = ?", file, caller.account)
    if row is None:
        raise ApiError("not_found", "There is no such file.")
    return row


def _shown(world: World, row: sqlite3.Row) -> dict[str, Any]:
    names = ("id", "kind", "url", "name", "mime_type", "size_bytes", "duration_seconds", "duration_token")
    status = "available" if row["available_at"] <= world.clock.now() else "processing"
    more = {"object": "file", "status": status, "created_at": written(row["created_at"])}
    return {name: row[name] for name in names} | more


def _checked(world: World, upload: UploadFile, form: FormData) -> str:
    """Return the content type of an upload that may be kept, or refuse it."""
    most, types = limit_of(world, form.get("kind"), form.get("model"))
    head = upload.file.read(64)
    upload.file.seek(0)
    found = mime_type(head)
    if not upload.size:
        raise ApiError("validation_failed", "The file is empty.")
    if found is None or found not in types:
        raise ApiError("validation_failed", f"The file is {found or 'of no known type'}; {', '.join(types)} are taken.")
    if upload.size > most:
        raise ApiError("validation_failed", f"The file is larger than {most} bytes.")
    return found


async def _kept(world: World, upload: UploadFile, content_type: str) -> tuple[Path, str]:
    """Copy the upload to where media live, in pieces. Returns the path and the SHA-256."""
    suffix = SUFFIXES.get(content_type, ".bin")
    path, digest = world.media_folder / f"upload-{secrets.token_hex(12)}{suffix}", hashlib.sha256()
    with path.open("wb") as target:
        while piece := await upload.read(CHUNK):
            digest.update(piece)
            target.write(piece)
    return path, digest.hexdigest()


def _duration_seconds(path: Path) -> float | None:
    """Return how long a film or a sound is; a file that only starts like one has no duration."""
    try:
        with av.open(str(path)) as container:
            return round(container.duration / av.time_base, 3) if container.duration else None
    except (OSError, ValueError, av.FFmpegError):
        return None


SUFFIXES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/mp4": ".mp4", "video/quicktime": ".mov",
    "video/webm": ".webm", "video/x-matroska": ".mkv", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/wav": ".wav",
    "audio/aac": ".aac", "audio/ogg": ".ogg",
}  # fmt: skip
