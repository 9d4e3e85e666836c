"""Files that were taken out of a library: their bytes go after a while, unless something still shows them."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from console.chat.models import TurnAttachment
from console.files.models import ReferenceFile, ReferenceFileQuerySet
from console.jobs.models import JobInput
from console.jobs.removing import delete_files
from console.teams.models import Team

GRACE: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 100


def due() -> ReferenceFileQuerySet:
    """Removed 30 days ago, and no input of a job that still has its results, and of no question that is kept."""
    for_jobs = JobInput.objects.filter(file=OuterRef("pk"), job__results_removed_at=None)
    for_turns = TurnAttachment.objects.filter(file=OuterRef("pk"))
    removed = ReferenceFile.objects.filter(removed_at__lt=timezone.now() - GRACE).exclude(content="")
    return removed.filter(~Exists(for_jobs), ~Exists(for_turns)).order_by("removed_at")


def forget_removed_files() -> bool:
    """A bounded number each time. Whether any went."""
    files = list(due()[:MOST_AT_ONCE])
    went = [_forget(file) for file in files]
    return any(went)


def _forget(file: ReferenceFile) -> bool:
    """Under the team's lock, which adding a file takes too: nobody comes to rest on these bytes while they go.

    The file goes before the row says so: a worker that is killed between the two finds the row again.
    """
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=file.team_id)
        ReferenceFile.objects.select_for_update(no_key=True).get(pk=file.pk)  # nor is it restored meanwhile
        if not due().filter(pk=file.pk).exists():
            return False
        same = ReferenceFile.objects.filter(team=file.team_id, sha256=file.sha256).exclude(content="")
        if not same.exclude(pk=file.pk).exists():
            delete_files([file.content.name, file.preview.name])
        return bool(ReferenceFile.objects.filter(pk=file.pk).update(content="", preview="", peaks=[]))
