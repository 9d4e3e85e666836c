"""What a project's retention takes of jobs: the results' bytes. The job, its prompt, steps and credits stay.

In two halves, so that nobody is ever shown a file that is gone: the rows say "removed" first, in one transaction, and
the files follow. A worker that is killed between the two leaves rows that still name their files; `wipe` finds them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from django.core.files.storage import default_storage
from django.db.models import Count, Exists, Min, OuterRef, Sum
from django.utils import timezone

from console.jobs.models import Job, JobQuerySet, Result, Step
from console.live.publishing import publish
from console.projects.models import Project

MOST_AT_ONCE: Final = 200
_ON_THE_WAY: Final = (Result.State.PENDING, Result.State.HELD)


@dataclass(frozen=True)
class Due:
    """How much it is; `oldest` is when the first of the jobs ended."""

    results: int = 0
    size_bytes: int = 0
    oldest: datetime | None = None


def due(project: Project, before: datetime) -> JobQuerySet:
    """Jobs of the project that ended well before then, with all their results at home or lost, oldest first.

    What runs, is unknown or waits for a person is no success, and so never among them.
    """
    arriving = Result.objects.filter(job=OuterRef("pk"), state__in=_ON_THE_WAY)
    ended = Job.objects.filter(project=project, status=Job.Status.SUCCEEDED, results_removed_at=None)
    return ended.filter(~Exists(arriving), finished_at__lt=before).order_by("finished_at")


def count_due(project: Project, before: datetime) -> Due:
    """What would go if everything older than `before` went now."""
    theirs = Result.objects.filter(state=Result.State.COLLECTED, job__in=due(project, before).order_by())
    found = theirs.aggregate(results=Count("pk"), size_bytes=Sum("size_bytes"), oldest=Min("job__finished_at"))
    return Due(found["results"], found["size_bytes"] or 0, found["oldest"])


def mark(project: Project, before: datetime) -> Due | None:
    """Say of the oldest of them that their results are removed. Inside a transaction; None when there are none."""
    pks = list(due(project, before).values_list("pk", flat=True)[:MOST_AT_ONCE])
    if not pks:
        return None
    now = timezone.now()
    theirs = Result.objects.filter(job__in=pks, state=Result.State.COLLECTED).order_by()
    found = theirs.aggregate(results=Count("pk"), size_bytes=Sum("size_bytes"))
    had = set(theirs.values_list("job_id", flat=True))
    theirs.update(state=Result.State.REMOVED, peaks=[])
    Job.objects.filter(pk__in=pks).update(results_removed_at=now)
    facts = {"at": now, "last_at": now, "source": Step.Source.CONSOLE, "kind": Step.Kind.REMOVED}
    note = f"The project keeps results for {project.keep_results_days} days"
    Step.objects.bulk_create(Step(job_id=pk, note=note, **facts) for pk in pks if pk in had)
    for pk in had:
        publish(project.team_id, f"job-{pk}", id=str(pk))
    return Due(found["results"], found["size_bytes"] or 0)


def wipe() -> bool:
    """Remove the files of results that are marked, then their names. Whether there were any; a second time is none."""
    marked = Result.objects.filter(state=Result.State.REMOVED).exclude(content="").order_by("pk")
    rows = list(marked.only("content", "preview")[:MOST_AT_ONCE])
    for row in rows:
        delete_files([row.content.name, row.preview.name])
    Result.objects.filter(pk__in=[row.pk for row in rows]).update(content="", preview="")
    return bool(rows)


def delete_files(names: Iterable[str | None]) -> None:
    """Of one folder; with the folder, once it is empty. What is gone already is no matter."""
    there = [name for name in names if name]
    for name in there:
        default_storage.delete(name)
    if there and not (folder := str(PurePosixPath(there[0]).parent)).startswith("."):
        try:
            default_storage.delete(folder)
        except OSError:  # another result of the job is still in it
            return
