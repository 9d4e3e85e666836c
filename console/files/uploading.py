"""One live copy at Rivya of the same bytes on the same account, however many ask at once (rivya-api.md §4, A10, A16).

Nothing is known about how long a file lives at Rivya; we count on a day less an hour, and a copy is used for a job only
while an hour of that is left.
"""

import asyncio
from datetime import timedelta
from typing import BinaryIO, cast
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from console import rivya
from console.engine.renewing import LeaseLost, while_renewing
from console.files.models import ReferenceFile, Upload, UploadClaim
from console.keys import clients
from console.keys.accounts import note_landmark
from console.keys.models import Key, Landmark, Secret
from console.keys.refusing import mark_refused
from console.keys.scopes import note_scope
from console.live.publishing import publish

LIVES = timedelta(hours=24)
SAFETY = timedelta(hours=1)
LEAST_LEFT = timedelta(hours=1)
CLAIM_SECONDS = 30.0
RENEW_SECONDS = 8.0
WAIT_SECONDS = 330.0
LOOK_SECONDS = 0.2
# Rivya may look at a file for a while before it can be used (A12); the pauses between our looks, in seconds.
CHECK_PAUSES = (0.5, 1, 2, 4, 8)


async def ensure_upload(file: ReferenceFile, secret: Secret, *, model: str | None = None) -> Upload:
    """The live copy of this file at the secret's account, uploaded now if there is none.

    Concurrent callers wait for the one that uploads. `model` lets Rivya check the file against that model. A failure
    leaves nothing behind. Raises RivyaError, and clients.CannotOpen when the secret does not open.
    """
    account_id = await sync_to_async(_account_of)(secret)
    claim = _Claim(account_id, file.sha256)
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + WAIT_SECONDS
    while loop.time() < ends_at:
        if found := await sync_to_async(claim.take_or_find)():
            return found
        if claim.is_mine:
            return await _upload(file, secret, claim, model)
        await asyncio.sleep(LOOK_SECONDS)
    raise rivya.TimedOut("Another upload of the same file has not ended.", sent=False)


def live_upload(account_id: UUID, sha256: str) -> Upload | None:
    """The copy that lives longest, if it lives long enough to be used for a job."""
    enough = Upload.objects.filter(account_id=account_id, sha256=sha256, expires_at__gt=timezone.now() + LEAST_LEFT)
    return enough.order_by("-expires_at").first()


class _Claim:
    """The right to upload these bytes to this account; ends by itself soon after its holder was killed."""

    def __init__(self, account_id: UUID, sha256: str) -> None:
        self.account_id = account_id
        self.sha256 = sha256
        self.is_mine = False
        self._token = uuid4()

    def take_or_find(self) -> Upload | None:
        """The live copy; without one, the claim is taken if it is free (`is_mine`)."""
        if upload := live_upload(self.account_id, self.sha256):
            return upload
        now = timezone.now()
        until = now + timedelta(seconds=CLAIM_SECONDS)
        with transaction.atomic():
            rows = UploadClaim.objects.filter(account_id=self.account_id, sha256=self.sha256)
            if not rows.filter(leased_until__lt=now).update(lease=self._token, leased_until=until):
                row = UploadClaim(account_id=self.account_id, sha256=self.sha256, lease=self._token, leased_until=until)
                UploadClaim.objects.bulk_create([row], ignore_conflicts=True)
            self.is_mine = rows.filter(lease=self._token).exists()
            # Whoever held it may have finished between our look and our taking it.
            upload = live_upload(self.account_id, self.sha256) if self.is_mine else None
        if upload:
            self.release()
        return upload

    def renew(self) -> bool:
        until = timezone.now() + timedelta(seconds=CLAIM_SECONDS)
        return bool(UploadClaim.objects.filter(lease=self._token).update(leased_until=until))

    def release(self) -> None:
        UploadClaim.objects.filter(lease=self._token).delete()
        self.is_mine = False


async def _upload(file: ReferenceFile, secret: Secret, claim: _Claim, model: str | None) -> Upload:
    try:
        client = clients.client_with(await sync_to_async(clients.open_secret)(secret, file.team_id))
        sent = await while_renewing(_send(client, file, model), claim.renew, RENEW_SECONDS)
        return await sync_to_async(_write)(file, secret, claim, sent)
    except rivya.KeyRefused as refusal:
        if refusal.code:  # without one it may be a proxy's word
            await sync_to_async(mark_refused)(secret.pk, refusal.code)
        raise
    except rivya.ScopeMissing:
        await sync_to_async(note_scope)(secret.pk, "files:create", holds=False)
        raise
    except LeaseLost:
        raise rivya.TimedOut("The upload took too long and was given to another.", sent=True) from None
    finally:
        await sync_to_async(claim.release)()


async def _send(client: rivya.Client, file: ReferenceFile, model: str | None) -> rivya.File:
    with await asyncio.to_thread(file.content.storage.open, file.content.name or "", "rb") as content:
        sent = await client.files.upload(
            cast(BinaryIO, content.file), name=file.name, mime_type=file.mime_type, kind=file.kind, model=model
        )
    for pause in CHECK_PAUSES:
        if sent.is_available:
            return sent
        await asyncio.sleep(pause)
        sent = await client.files.retrieve(sent.id)
    if not sent.is_available:
        raise rivya.TimedOut("Rivya has not finished looking at the file.")
    return sent


def _write(file: ReferenceFile, secret: Secret, claim: _Claim, sent: rivya.File) -> Upload:
    now = timezone.now()
    with transaction.atomic():
        upload = Upload.objects.create(
            account_id=claim.account_id,
            sha256=file.sha256,
            kind=file.kind,
            rivya_id=sent.id,
            url=sent.url.reveal(),
            duration_token=sent.duration_token.reveal() if sent.duration_token else "",
            mime_type=sent.mime_type or file.mime_type,
            duration_seconds=sent.duration_seconds if sent.duration_seconds is not None else file.duration_seconds,
            expires_at=now + LIVES - SAFETY,
        )
        claim.release()
        Secret.objects.filter(pk=secret.pk).update(last_used_at=now)
        note_scope(secret.pk, "files:create", holds=True)
        note_landmark(claim.account_id, Landmark.Kind.FILE, sent.id)
        publish(
            file.team_id, f"file-{file.pk}", id=str(file.pk), project=str(file.project_id), project_id=file.project_id
        )
    return upload


def _account_of(secret: Secret) -> UUID:
    return Key.objects.values_list("account_id", flat=True).get(pk=secret.key_id)
