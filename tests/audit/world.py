"""What a call of an address may need, and how it is described."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client

from console.chat.models import Turn
from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from tests.conftest import Sandbox
from tests.factories import make_job, make_turn


@dataclass
class World:
    """Alice's team, with what every call may need."""

    alice: User
    bob: User
    team: Team
    key: Key
    project: Project
    sandbox: Sandbox
    browser: Client

    def new_secret(self) -> str:
        """Another secret of the same account at Rivya."""
        secret = f"rvya_sk_test_{uuid4().hex}"
        self.sandbox.control("POST", "keys", {"account": self.sandbox.account, "key": secret})
        return secret

    def job(self, **fields: Any) -> Job:
        return make_job(self.project, self.alice, **fields)

    def turn(self, **fields: Any) -> Turn:
        return make_turn(self.project, self.alice, **fields)


Sent = tuple[list[Any], dict[str, Any]]
Make = Callable[[World], Sent]


@dataclass(frozen=True)
class Call:
    """`make` prepares the world and gives what stands in the address, and the form. `act` is the line's."""

    act: str
    make: Make = field(default=lambda world: ([], {}))
    signed_in: bool = True
    as_staff: bool = False
    has_facts: bool = True  # something is told as before or after
    learns: frozenset[str] = frozenset()  # tables that keep what Rivya said, whatever comes of the act


def of(thing: Callable[[World], Any], **form: Any) -> Make:
    """The id of one thing in the address, and a form that is always the same."""
    return lambda world: ([thing(world).pk], form)
