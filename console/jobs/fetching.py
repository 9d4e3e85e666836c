"""The network half of bringing a result home: download it, and find a fresh address when the old one is dead."""

from datetime import timedelta
from enum import Enum
from typing import BinaryIO, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from console import rivya
from console.engine.renewing import while_renewing
from console.files.storing import Incoming
from console.jobs.asking import accesses, ask
from console.jobs.models import Result, Step
from console.jobs.timeline import note
from console.keys import clients

MB = 1_000_000
LARGEST_BYTES = {"image": 64 * MB, "video": 1000 * MB, "audio": 128 * MB}
WITHIN_SECONDS = {"image": 300.0, "video": 1800.0, "audio": 300.0}
# A media host may take its time before the first byte; the whole is bounded by WITHIN_SECONDS.
SILENCE_SECONDS = 60.0
LEASE_SECONDS = 30.0
RENEW_SECONDS = 8.0


class Verdict(Enum):
    """What follows from a try that failed."""

    LATER = "later"
    DEAD = "dead"  # the address: ask Rivya for a fresh one, then later
    HELD = "held"  # until an operator allows the host
    NEVER = "never"


class NotFetched(Exception):
    """The result did not arrive; `words` is a sentence for the page, without the address."""

    def __init__(self, verdict: Verdict, words: str) -> None:
        super().__init__(words)
        self.verdict = verdict
        self.words = words


async def fetch(result: Result, lease: UUID, into: Incoming) -> rivya.Media:
    """Download into the file, keeping the lease. No key goes along, only allowed hosts are asked (A16).

    Raises NotFetched, LeaseLost, and OSError when the disk is full.
    """
    most = LARGEST_BYTES.get(result.job.kind, LARGEST_BYTES["video"])
    try:
        async with rivya.Transport(timeout_seconds=SILENCE_SECONDS, max_connections=1) as transport:
            download = _download(transport, result, into, most)
            return await while_renewing(download, lambda: renew(result, lease), RENEW_SECONDS)
    except rivya.MediaRefused as refusal:
        raise NotFetched(*_told(refusal, result, most)) from None
    except rivya.TimedOut:
        raise NotFetched(Verdict.LATER, "The media host did not answer in time.") from None
    except rivya.NoAnswer as error:
        words = "The connection to the media host was lost." if error.sent else "The media host could not be reached."
        raise NotFetched(Verdict.LATER, words) from None


async def _download(transport: rivya.Transport, result: Result, into: Incoming, most_bytes: int) -> rivya.Media:
    return await rivya.fetch_media(
        transport,
        rivya.Secret(result.source_url),
        into=cast(BinaryIO, into.file),
        allowed_hosts=settings.RIVYA_MEDIA_HOSTS,
        max_bytes=most_bytes,
        timeout_seconds=WITHIN_SECONDS.get(result.job.kind, WITHIN_SECONDS["video"]),
    )


def renew(result: Result, lease: UUID) -> bool:
    """Lengthen the lease; False when it is not ours any more."""
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    return bool(Result.objects.filter(pk=result.pk, lease=lease).update(leased_until=until))


def freshen(result: Result, lease: UUID) -> bool:
    """Read the generation again for another address of this result; returns whether there was one."""
    answer = clients.from_sync(ask)(result.job, lease, accesses([result.job])[result.job_id])
    said = answer.generation.status if answer.generation else type(answer.error).__name__ if answer.error else "no key"
    kind = Step.Kind.READ if answer.generation else Step.Kind.READ_FAILED
    note(result.job_id, Step.Source.RIVYA, kind, f"{said[:64]} (for a fresh address)", milliseconds=answer.elapsed_ms)
    found = answer.generation.result.all_urls if answer.generation and answer.generation.result else ()
    fresh = found[result.index].reveal() if result.index < len(found) else ""
    if not fresh or fresh == result.source_url:
        return False
    mine = Result.objects.filter(pk=result.pk, lease=lease)
    return bool(mine.update(source_url=fresh, source_host=host_of(fresh)))


def host_of(url: str) -> str:
    """The host of an address as it is shown and allowed: with its port, without a user; empty for nonsense."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2][:253]
    except ValueError:
        return ""


def is_allowed(url: str) -> bool:
    """Whether the address is on an allowed host, by the rule that `rivya.fetch_media` goes by."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return False
    host = parts.netloc.lower().removesuffix(f":{port}")
    names = {f"{host}:{port}"} | ({host} if (parts.scheme, port) == ("https", 443) else set())
    return not names.isdisjoint(allowed.lower() for allowed in settings.RIVYA_MEDIA_HOSTS)


def _told(refusal: rivya.MediaRefused, result: Result, most_bytes: int) -> tuple[Verdict, str]:
    match refusal.reason:
        case "host":
            words = f"It lies on {result.source_host}, which this console may not download from."
            return Verdict.HELD, f"{words} An operator can add the host to RIVYA_MEDIA_HOSTS."
        case "too_big":
            return Verdict.NEVER, f"It is larger than the {most_bytes // MB:,} MB that the console brings home."
        case "url":
            return Verdict.DEAD, "Rivya gave an address that cannot be used."
        case "redirect":
            return Verdict.DEAD, f"The media host sends on to another place ({refusal.status})."
    verdict = Verdict.LATER if refusal.is_temporary else Verdict.DEAD
    return verdict, f"The media host answers {refusal.status}."
