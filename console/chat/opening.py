"""From a checked question to a running turn: images to Rivya first, then the row, then the task of the process."""

import asyncio
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.urls import reverse

from console import rivya
from console.chat.asking import KeyUnusable, Question, TurnOpen, WordsRemoved, open_turn
from console.chat.models import Turn
from console.chat.running import first_step, stage
from console.chat.unlocking import usable_secret
from console.credits import ledger
from console.credits.stopping import budget_stop
from console.engine.idling import rest_connection
from console.files.models import ReferenceFile
from console.files.uploading import ensure_upload
from console.keys import clients
from console.keys.models import Key, Secret
from console.live.leaving import leaving
from console.ui import problems
from console.ui.problems import Problem


class CannotAsk(Exception):
    """No turn was made and nothing was sent; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


async def ask(question: Question, files: list[ReferenceFile]) -> Turn:
    """The turn of this question, running. Twice the same submission is one turn. Raises CannotAsk, SubmissionTaken."""
    try:
        secret = await sync_to_async(_secret)(question)
        uploads = await asyncio.gather(
            *(ensure_upload(file, secret, model=question.model.pk) for file in files), return_exceptions=False
        )
        question = replace(question, attachments=list(zip(files, uploads, strict=True)))
        return await asyncio.shield(_begun(question, secret))
    except KeyUnusable:
        raise CannotAsk(_no_key(question)) from None
    except clients.CannotOpen:
        raise CannotAsk(problems.key_paused("of this conversation", "unopenable")) from None
    except ledger.BudgetReached as reached:
        raise CannotAsk(await sync_to_async(budget_stop)(reached)) from None
    except TurnOpen:
        happened = "The last question of this conversation is still being answered."
        raise CannotAsk(
            Problem("One question at a time", happened, "no", "Wait for it or stop it.", status=409)
        ) from None
    except WordsRemoved:
        happened = "What was said here was removed by the project's retention a moment ago."
        title = "This conversation is over"
        raise CannotAsk(Problem(title, happened, "no", "Begin a new conversation.", status=409)) from None
    except rivya.RivyaError as error:
        raise CannotAsk(_upload_failed(error)) from None


async def _begun(question: Question, secret: Secret) -> Turn:
    """Many who ask at once queue here, in order, and not for the database's lock, where the unlucky wait for long."""
    lease = None if leaving().is_set() else stage().lease
    await rest_connection()
    async with stage().writer.alone:
        turn, is_new = await sync_to_async(open_turn)(question, secret, lease)
    if is_new and lease is not None:
        stage().start(turn, first_step())
    return turn


def _secret(question: Question) -> Secret:
    if question.conversation is not None:
        return usable_secret(question.conversation)
    key: Key | None = question.project.key
    secret = key.current_secret() if key and key.is_usable else None
    if secret is None:
        raise KeyUnusable(f"{question.project} has no working key.")
    return secret


def _no_key(question: Question) -> Problem:
    key = question.conversation.key if question.conversation else question.project.key
    if key is None or key.is_usable:
        settings_url = reverse("projects:edit", args=[question.project.pk])
        return problems.key_missing(question.project.name).leading_to(settings_url, "Choose a key")
    return problems.key_paused(key.name, key.state)


def _upload_failed(error: rivya.RivyaError) -> Problem:
    """Uploads cost nothing, and no turn was made."""
    if isinstance(error, rivya.Invalid):
        said = f" Rivya says: {error.message}" if error.message else ""
        return problems.file_refused(f"Rivya does not take this image for this model.{said}")
    return problems.from_error(error)
