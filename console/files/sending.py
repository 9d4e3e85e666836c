"""Send a file to Rivya as soon as it is in the library, so that the job that uses it need not wait."""

import asyncio

from asgiref.sync import sync_to_async

from console import rivya
from console.files.checking import DEFAULT, misfit
from console.files.models import ReferenceFile
from console.files.uploading import ensure_upload
from console.keys import clients
from console.keys.models import Secret

LONGEST_SECONDS = 20.0
LATER = "It will be sent to Rivya with the job."


def send_early(file: ReferenceFile, *, model: str = "") -> str:
    """Try to send it within 20 s; returns why it is not at Rivya yet, empty when it is. Raises nothing of Rivya's."""
    key = file.project.key
    secret = key.current_secret() if key and key.is_usable else None
    if secret is None:
        return f"{LATER} The project has no working key now."
    if not model and misfit(file.kind, file.mime_type, file.size_bytes, DEFAULT):
        return f"{LATER} Only some models take a file like this."
    return _sent(file, secret, model or None)


@clients.from_sync
async def _sent(file: ReferenceFile, secret: Secret, model: str | None) -> str:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await ensure_upload(file, secret, model=model)
    except rivya.Invalid as refusal:
        return f"Rivya does not take it{' for this model' if model else ''}. {refusal.message}".strip()
    except clients.CannotOpen:
        await sync_to_async(clients.note_cannot_open)(secret)
        return f"{LATER} The project's key cannot be opened."
    except (rivya.RivyaError, TimeoutError):
        return f"{LATER} Rivya could not take it just now."
    return ""
