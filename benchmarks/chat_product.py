"""A console with one team that can chat, and its signed-in owner's requests, each about a conversation of its own."""

import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from uuid import uuid4

from tests.stack import manage

OWNER = "owner@example.com"
SECRET = "rvya_sk_benchmark_00000000000000"
MODEL = "gpt-5-2-chat"
PATH = "/chat/{id}/turns/"
REQUEST = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html, text/event-stream\r\nHX-Request: true\r\n"
    "Cookie: console_session={session}; console_csrf={token}\r\nX-CSRFToken: {token}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
)


class Product:
    """Made once for each measurement, in the database that the settings name."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def asking(self, turns: int) -> Callable[[int], list[bytes]]:
        """Makes new conversations; then, for an end of their answers, a question for each as htmx posts it."""
        made = manage(
            self._environment, "shell", "--no-imports", "-c", f"from benchmarks.chat_product import make; make({turns})"
        )
        session, *conversations = made.split()
        token = secrets.token_hex(16)

        def requests(until: int) -> list[bytes]:
            found = []
            for conversation in conversations:
                body = urlencode({"submission": uuid4(), "message": f"Tell me more. until={until}"})
                fields = {"path": PATH.format(id=conversation), "session": session, "token": token}
                found.append(REQUEST.format(**fields, length=len(body), body=body).encode())
            return found

        return requests

    def check(self) -> None:
        """Every turn was answered, and charged once."""
        print(
            manage(
                self._environment, "shell", "--no-imports", "-c", "from benchmarks.chat_product import check; check()"
            ),
            end="",
        )


def make(turns: int) -> None:
    """Inside the console: prints a session's key and the ids of new conversations."""
    from django.utils import timezone

    from benchmarks.following import session
    from console.catalogue.models import CatalogueModel
    from console.chat.models import Conversation
    from console.projects.models import Project
    from console.teams.models import User
    from tests.factories import make_chat_model, make_key, make_project, make_team

    if not CatalogueModel.objects.filter(pk=MODEL).exists():
        make_chat_model(MODEL, changed_at=timezone.now())
    owner = User.objects.filter(email=OWNER).first() or User.objects.create_user(OWNER)
    membership = owner.memberships.first()
    team = membership.team if membership else make_team(owner)
    project = Project.objects.filter(team=team).first() or make_project(team, make_key(team, SECRET))
    assert project.key
    conversations = Conversation.objects.bulk_create(
        Conversation(
            team=team,
            project=project,
            key=project.key,
            account=project.key.account,
            created_by=owner,
            model=MODEL,
            model_name="GPT-5.2",
            capabilities={"streaming": True},
            title=f"Conversation {number}",
        )
        for number in range(turns)
    )
    print(session(), *(conversation.pk for conversation in conversations))


def check() -> None:
    """Inside the console: says so when a turn is not done, or was not charged once."""
    from console.chat.models import Turn
    from console.credits.models import Entry

    turns = Turn.objects.count()
    done = Turn.objects.filter(status=Turn.Status.DONE, sends=1).count()
    settled = Entry.objects.filter(kind=Entry.Kind.SETTLE).count()
    if not turns == done == settled:
        print(f"         of {turns} turns {done} are done at the first send, and {settled} were charged")
