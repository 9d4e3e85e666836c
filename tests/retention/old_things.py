"""Makers of what is old enough to go."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from console.chat.models import Conversation, Turn
from console.credits import ledger
from console.jobs.models import Job, Result
from console.projects.models import Project
from console.retention.models import Sweep
from console.retention.sweeping import sweep_projects
from console.teams.models import User
from tests.factories import make_job, make_result, make_turn


def old_job(project: Project, person: User, days: int, results: int = 1, **fields: object) -> Job:
    """A charged success of so many days ago, with real files of 1,000 bytes and their previews."""
    ended = timezone.now() - timedelta(days=days)
    job = make_job(project, person)
    ledger.settle(job.pk, 3)
    values = {"status": Job.Status.SUCCEEDED, "finished_at": ended, "final_credits": 3, "next_check_at": None, **fields}
    Job.objects.filter(pk=job.pk).update(**values)
    for _ in range(results):
        result = make_result(job, size_bytes=1000, sha256="0" * 64)
        result.content.save("picture.png", ContentFile(b"x" * 1000), save=False)
        result.preview.save("preview.webp", ContentFile(b"y" * 10), save=False)
        result.save(update_fields=["content", "preview"])
    job.refresh_from_db()
    return job


def old_chat(project: Project, person: User, days: int, question: str = "A walrus?", answer: str = "Zymurgy.") -> Turn:
    """A charged answer of so many days ago."""
    turn = make_turn(project, person, question)
    ledger.settle(turn.pk, 2)
    used = timezone.now() - timedelta(days=days)
    done = {"status": Turn.Status.DONE, "answer": answer, "finished_at": used, "final_credits": 2, "total_tokens": 41}
    Turn.objects.filter(pk=turn.pk).update(next_check_at=None, lease=None, leased_until=None, **done)
    Conversation.objects.filter(pk=turn.conversation_id).update(last_turn_at=used)
    return Turn.objects.select_related("conversation").get(pk=turn.pk)


def files_of(job: Job) -> list[str]:
    """The names of a job's stored files that are there."""
    folder = f"results/{job.team_id}/{job.pk}"
    return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []


def keep_for(project: Project, results: int | None = None, chats: int | None = None) -> None:
    """The days as if they had been saved just now."""
    Project.objects.filter(pk=project.pk).update(keep_results_days=results, keep_chats_days=chats)
    project.refresh_from_db()
    Sweep.objects.update_or_create(project=project, defaults={"due_at": timezone.now()})


def sweep_to_the_end() -> None:
    """All pieces, as the worker does them."""
    for _ in range(50):
        if not sweep_projects():
            return
    raise AssertionError("the sweep never ends")


def states(job: Job) -> list[str]:
    return list(Result.objects.filter(job=job).values_list("state", flat=True))
