"""Every address of the console that hands out what is a team's own."""

from typing import Any

from asgiref.sync import async_to_sync
from django.urls import reverse

from tests.support.conftest import Owned


def product(owned: Owned) -> dict[str, str]:
    """The product's own, by their route names: for members, and for whoever looks through a member's eyes."""
    of_job = ("show", "card", "row", "face", "timeline", "bundle", "code")
    found = {f"jobs:{name}": reverse(f"jobs:{name}", args=[owned.job.pk]) for name in of_job}
    for name in ("result", "result_download", "result_preview"):
        found[f"jobs:{name}"] = reverse(f"jobs:{name}", args=[owned.result.pk])
    for name in ("content", "preview", "card"):
        found[f"files:{name}"] = reverse(f"files:{name}", args=[owned.file.pk])
    found["chat:show"] = reverse("chat:show", args=[owned.conversation.pk])
    for form in ("md", "json"):
        found[f"chat:export {form}"] = reverse("chat:export", args=[owned.conversation.pk, form])
    found["chat:turn"] = reverse("chat:turn", args=[owned.turn.pk])
    found["chat:stream"] = reverse("chat:stream", args=[owned.turn.pk])
    found["jobs:latest"] = reverse("jobs:latest", args=[owned.job.project_id])
    return found


def of_team() -> dict[str, str]:
    """Lists, exports and streams of the current team: they name none."""
    names = ("jobs:index", "jobs:export", "chat:index", "files:index", "credits:usage_export", "live:stream", "home")
    return {name: reverse(name) for name in names}


def pages(owned: Owned) -> dict[str, str]:
    """The pages of support that show content."""
    found = {"job": owned.job, "conversation": owned.conversation, "file": owned.file}
    return {name: reverse(f"admin:content_{name}", args=[thing.pk]) for name, thing in found.items()}


def stored(owned: Owned) -> dict[str, str]:
    """The bytes that support may have."""
    found = {"result": owned.result, "result_preview": owned.result, "file_bytes": owned.file}
    found["file_preview"] = owned.file
    return {name: reverse(f"admin:content_{name}", args=[thing.pk]) for name, thing in found.items()}


def body_of(answer: Any) -> bytes:
    """All of it, streamed or not."""
    if not answer.streaming:
        return bytes(answer.content)
    content = answer.streaming_content
    return async_to_sync(_whole)(answer) if hasattr(content, "__aiter__") else b"".join(content)


async def _whole(answer: Any) -> bytes:
    return b"".join([part async for part in answer])
