"""What a project's days take, what they never take, and what a killed worker leaves."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.utils import timezone

from console.audit.models import AuditEvent
from console.chat import removing as chats
from console.chat.asking import WordsRemoved
from console.chat.models import Conversation, Turn, TurnAttachment
from console.credits.models import Entry
from console.jobs import removing as results
from console.jobs.models import Result, Step
from console.projects.models import Project
from console.retention import sweeping
from console.retention.models import Sweep
from console.teams.models import User
from tests.factories import make_result, make_turn
from tests.files.library import make_file
from tests.retention.old_things import files_of, keep_for, old_chat, old_job, states, sweep_to_the_end

pytestmark = pytest.mark.django_db


def test_old_results_go_with_their_files_and_the_job_stays(spring: Project, alice: User) -> None:
    old, young = old_job(spring, alice, days=31, results=2), old_job(spring, alice, days=29)
    lines = Entry.objects.count()
    assert len(files_of(old)) == 4
    keep_for(spring, results=30)
    sweep_to_the_end()
    assert (files_of(old), states(old)) == ([], ["removed", "removed"])
    assert (len(files_of(young)), states(young)) == (2, ["collected"])
    old.refresh_from_db()
    assert (old.prompt, old.final_credits, old.results_removed_at is not None) == (
        "A paper boat on a still lake",
        3,
        True,
    )
    assert old.steps.filter(kind=Step.Kind.REMOVED).get().note == "The project keeps results for 30 days"
    assert Entry.objects.count() == lines


@pytest.mark.parametrize("status", ["processing", "unknown", "needs_review", "failed"])
def test_what_is_no_success_is_never_touched(spring: Project, alice: User, status: str) -> None:
    job = old_job(spring, alice, days=400, status=status)
    keep_for(spring, results=1)
    sweep_to_the_end()
    assert (states(job), len(files_of(job))) == (["collected"], 2)


@pytest.mark.parametrize("state", ["pending", "held"])
def test_a_job_waits_until_its_last_result_is_home(spring: Project, alice: User, state: str) -> None:
    job = old_job(spring, alice, days=400)
    late = make_result(job, state=state)
    keep_for(spring, results=1)
    sweep_to_the_end()
    assert "removed" not in states(job)
    type(late).objects.filter(pk=late.pk).update(state="lost")
    keep_for(spring, results=1)
    sweep_to_the_end()
    assert states(job) == ["removed", "lost"]


def test_old_chats_lose_their_words_and_keep_their_cost(spring: Project, alice: User) -> None:
    old, young = old_chat(spring, alice, days=8), old_chat(spring, alice, days=6)
    TurnAttachment.objects.create(turn=old, file=make_file(spring, alice), position=0)
    keep_for(spring, chats=7)
    sweep_to_the_end()
    old.refresh_from_db()
    assert (old.question, old.answer, bytes(old.body), old.attachments.count()) == ("", "", b"{}", 0)
    assert (old.final_credits, old.total_tokens) == (2, 41)
    conversation = Conversation.objects.get(pk=old.conversation_id)
    assert (conversation.title, conversation.words_removed_at is not None) == ("Removed chat", True)
    assert Turn.objects.get(pk=young.pk).answer == "Zymurgy."


@pytest.mark.parametrize("status", ["unsent", "streaming", "unknown", "needs_review", "stopped"])
def test_a_chat_with_an_open_turn_stays_whole(spring: Project, alice: User, status: str) -> None:
    turn = old_chat(spring, alice, days=400)
    Turn.objects.filter(pk=turn.pk).update(status=status, finished_at=None)
    keep_for(spring, chats=1)
    sweep_to_the_end()
    assert Turn.objects.get(pk=turn.pk).question == "A walrus?"


def test_the_text_index_forgets_what_was_said(spring: Project, alice: User, browser_of: Any) -> None:
    old_chat(spring, alice, days=8)
    browser = browser_of(alice)
    for word in ("walrus", "zymurgy"):
        assert len(browser.get("/chat/", {"q": word}).context["conversations"]) == 1
    assert words_kept() == 1
    keep_for(spring, chats=7)
    sweep_to_the_end()
    for word in ("walrus", "zymurgy"):
        assert browser.get("/chat/", {"q": word}).context["conversations"] == []
    assert words_kept() == 0


def words_kept() -> int:
    """Rows of the text index that hold the word, whoever may see them."""
    asked = {"sqlite": "chat_words MATCH 'zymurgy'", "postgresql": "document @@ 'zymurgy'::tsquery"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM chat_words WHERE {asked}")
        return int(cursor.fetchone()[0])


def test_a_question_in_a_removed_chat_is_refused_and_nothing_is_written(spring: Project, alice: User) -> None:
    turn = old_chat(spring, alice, days=8)
    chats.forget([turn.conversation_id])
    with pytest.raises(WordsRemoved):
        make_turn(spring, alice, "And then?", conversation=turn.conversation)
    assert Turn.objects.count() == 1


def test_days_that_are_raised_save_what_is_not_gone_yet(
    spring: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [old_job(spring, alice, days=50 - number) for number in range(4)]
    monkeypatch.setattr(results, "MOST_AT_ONCE", 2)
    keep_for(spring, results=30)
    sweeping.sweep_projects()
    keep_for(spring, results=365)
    sweep_to_the_end()
    assert [states(job)[0] for job in jobs] == ["removed", "removed", "collected", "collected"]


def test_a_worker_killed_between_rows_and_files_leaves_nothing_behind(
    spring: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [old_job(spring, alice, days=50 - number) for number in range(3)]
    young = old_job(spring, alice, days=1)
    keep_for(spring, results=30)
    deleted: list[str] = []
    delete = FileSystemStorage.delete

    def dies_at_the_third(storage: FileSystemStorage, name: str) -> None:
        if len(deleted) == 2:
            raise KeyboardInterrupt
        deleted.append(name)
        delete(storage, name)

    with monkeypatch.context() as killed:
        killed.setattr(FileSystemStorage, "delete", dies_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            sweep_to_the_end()
    assert {states(job)[0] for job in jobs} == {"removed"}
    assert sum(len(files_of(job)) for job in jobs) == 4
    sweep_to_the_end()
    assert [files_of(job) for job in jobs] == [[], [], []]
    assert (states(young), len(files_of(young))) == (["collected"], 2)
    assert AuditEvent.objects.get(act="retention.swept").after == {"results": 3, "bytes": 3000, "chats": 0}


def test_a_sweep_has_one_line_however_many_pieces_it_took(
    spring: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(chats, "MOST_AT_ONCE", 1)
    for _ in range(3):
        old_job(spring, alice, days=40)
    for _ in range(2):
        old_chat(spring, alice, days=40)
    keep_for(spring, results=30, chats=30)
    sweep_to_the_end()
    line = AuditEvent.objects.get(act="retention.swept")
    assert (line.after, line.object_id, line.actor_id) == (
        {"results": 3, "bytes": 3000, "chats": 2}, str(spring.pk), None,
    )  # fmt: skip
    sweep = Sweep.objects.get()
    assert (sweep.results, sweep.due_at > timezone.now() + timedelta(hours=23)) == (0, True)
    sweep_to_the_end()
    assert AuditEvent.objects.filter(act="retention.swept").count() == 1


def test_a_project_that_keeps_for_ever_again_is_looked_at_no_more(spring: Project, alice: User) -> None:
    old_job(spring, alice, days=400)
    keep_for(spring)
    sweep_to_the_end()
    assert not Sweep.objects.exists()


def test_other_projects_of_the_team_lose_nothing(spring: Project, alice: User) -> None:
    other = Project.objects.create(team=spring.team, name="Autumn", purpose="Leaves", key=spring.key)
    theirs, chat = old_job(other, alice, days=400), old_chat(other, alice, days=400)
    keep_for(spring, results=1, chats=1)
    sweep_to_the_end()
    assert (states(theirs), Turn.objects.get(pk=chat.pk).answer) == (["collected"], "Zymurgy.")


def test_pages_say_when_the_retention_took_it(spring: Project, alice: User, browser_of: Any) -> None:
    job, turn = old_job(spring, alice, days=40), old_chat(spring, alice, days=40)
    keep_for(spring, results=30, chats=30)
    result = job.results.get()
    sweep_to_the_end()
    browser = browser_of(alice)
    assert "Removed by the project" in browser.get(f"/jobs/{job.pk}/").content.decode()
    assert "Removed by the project" in browser.get("/jobs/?view=gallery").content.decode()
    assert browser.get(f"/results/{result.pk}/").status_code == 404
    page = browser.get(f"/chat/{turn.conversation_id}/").content.decode()
    assert "Removed by the project" in page
    assert "41 tokens" in page
    assert "2 credits" in page
    assert "composer" not in page.split('class="chat-dock"')[1]
    assert browser.get("/chat/").context["conversations"] == []


def test_what_is_due_is_found_by_its_index(spring: Project) -> None:
    marked = Result.objects.filter(state=Result.State.REMOVED).exclude(content="").order_by("pk")
    looked_for: dict[str, Any] = {
        "job_results_kept": results.due(spring, timezone.now())[:10],
        "conversation_words_kept": chats.due(spring, timezone.now())[:10],
        "result_to_wipe": marked[:10],
    }
    for index, rows in looked_for.items():
        with connection.cursor() as cursor:
            assert index in connection.introspection.get_constraints(cursor, rows.model._meta.db_table)
        if connection.vendor == "sqlite":  # PostgreSQL reads an empty table as a whole, whatever its indexes
            assert index in rows.explain(), index
