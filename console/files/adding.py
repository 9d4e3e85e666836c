"""Take a file into a project's library: check its content, keep its bytes, make it visible. And take it out again."""

import hashlib
from typing import Any
from uuid import uuid4

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import record
from console.files import checking, media, storing
from console.files.facts import Facts
from console.files.models import ReferenceFile, preview_name, stored_name
from console.live.publishing import publish
from console.projects.models import Project
from console.teams.models import Team, User

LONGEST_NAME = 200


class InUse(Exception):
    """A job that is not finished works from this file; nothing was changed."""


class Replaced(Exception):
    """The same bytes were added again since; they are the project's file now. Nothing was changed."""


class BytesGone(Exception):
    """The bytes of a removed file are not kept any more. Nothing was changed."""


def add_file(
    given: "UploadedFile[bytes]", project: Project, person: User, request: HttpRequest | None = None
) -> ReferenceFile:
    """Check and keep it; the same bytes again in a project give the file that is there. Raises checking's Rejected."""
    try:
        return _add(given, project, person, request)
    except BytesGone:  # they went with a removed file that had the same, between ours being kept and the row
        return _add(given, project, person, request)


def _add(given: "UploadedFile[bytes]", project: Project, person: User, request: HttpRequest | None) -> ReferenceFile:
    given.seek(0)
    with storing.incoming() as into:
        digest = hashlib.sha256()
        for chunk in given.chunks():
            digest.update(chunk)
            into.file.write(chunk)
        into.file.flush()
        if already := _already(project, digest.hexdigest()):
            return already
        facts = checking.check(into.path)
        file = _described(facts, project, person, name=given.name or "")
        file.size_bytes, file.sha256 = into.path.stat().st_size, digest.hexdigest()
        _keep(into, file, facts)
    return _write(file, person, request)


def remove_file(file: ReferenceFile, person: User, request: HttpRequest | None = None) -> None:
    """Take it out of the library; finished jobs keep what they were made from. Twice is once. Raises InUse."""
    with transaction.atomic():
        ReferenceFile.objects.select_for_update().get(pk=file.pk)
        if file.uses.filter(job__finished_at=None).exists():
            raise InUse
        if ReferenceFile.objects.kept().filter(pk=file.pk).update(removed_at=timezone.now()):
            record("file.removed", file, team_id=file.team_id, actor=person, before=_told(file), request=request)
            _announce(file)


def restore_file(file: ReferenceFile, person: User, request: HttpRequest | None = None) -> None:
    """Undo a removal. Twice is once. Raises Replaced, BytesGone."""
    try:
        with transaction.atomic():
            if not ReferenceFile.objects.select_for_update(no_key=True).get(pk=file.pk).content:
                raise BytesGone
            removed = ReferenceFile.objects.filter(pk=file.pk).exclude(removed_at=None)
            if removed.update(removed_at=None):
                record("file.restored", file, team_id=file.team_id, actor=person, after=_told(file), request=request)
                _announce(file)
    except IntegrityError:
        raise Replaced from None


def _already(project: Project, sha256: str) -> ReferenceFile | None:
    return ReferenceFile.objects.kept().filter(project=project, sha256=sha256).first()


def _described(facts: Facts, project: Project, person: User, name: str) -> ReferenceFile:
    return ReferenceFile(
        id=uuid4(),
        team_id=project.team_id,
        project=project,
        kind=facts.kind,
        name=tidy_name(name),
        mime_type=facts.mime_type,
        width=facts.width,
        height=facts.height,
        duration_seconds=facts.duration_seconds,
        added_by=person,
    )


def tidy_name(name: str) -> str:
    """A file name that is safe to print, at most 200 characters, its ending kept."""
    printable = "".join(char for char in name if char.isprintable()).strip() or "file"
    stem, dot, ending = printable.rpartition(".")
    if len(printable) <= LONGEST_NAME or not stem or len(ending) > 10:
        return printable[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(ending) - 1] + dot + ending


def _keep(into: storing.Incoming, file: ReferenceFile, facts: Facts) -> None:
    """Bytes before the row: a kill between the two leaves bytes that the next try finds under their own name."""
    preview, file.peaks = media.preview(into.path, facts), media.peaks(into.path, facts)
    if preview:
        file.preview.name = preview_name(file, "")
        storing.put_bytes(preview, file.preview.name)
    file.content.name = stored_name(file, "")
    into.put(file.content.name)


def _write(file: ReferenceFile, person: User, request: HttpRequest | None) -> ReferenceFile:
    try:
        with transaction.atomic():
            # `retention/removed_files.py` takes this lock too, before it removes bytes.
            Team.objects.select_for_update(no_key=True).get(pk=file.team_id)
            if not default_storage.exists(file.content.name or ""):
                raise BytesGone
            file.save(force_insert=True)
            record("file.added", file, team_id=file.team_id, actor=person, after=_told(file), request=request)
            _announce(file)
    except IntegrityError:
        if already := _already(file.project, file.sha256):  # added twice at the same moment
            return already
        raise
    return file


def _announce(file: ReferenceFile) -> None:
    publish(file.team_id, f"file-{file.pk}", id=str(file.pk), project=str(file.project_id), project_id=file.project_id)


def _told(file: ReferenceFile) -> dict[str, Any]:
    return {"name": file.name, "kind": file.kind, "size_bytes": file.size_bytes, "project": str(file.project_id)}
