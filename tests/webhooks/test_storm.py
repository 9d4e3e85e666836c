"""Doubled, shuffled, early, forged and broken requests at once: every job ends once, and the door never stumbles."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from console.credits.models import Entry
from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import User
from console.webhooks import ringing as bells
from console.webhooks.models import Delivery, Endpoint
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn, turn_until_done
from tests.webhooks.catching import Catcher
from tests.webhooks.ringing import OTHER, event, knock, timestamped

JOBS = 24


@pytest.fixture
def registered(browser_of: Any, alice: User, key: Key, catcher: Catcher) -> Endpoint:
    browser: Client = browser_of(alice)
    browser.post("/webhooks/new/", {"name": "Production", "key": str(key.pk)})
    return Endpoint.objects.get()


def test_a_storm_settles_every_job_once(
    registered: Endpoint, project: Project, alice: User, sandbox: Sandbox, catcher: Catcher
) -> None:
    sandbox.control("PUT", "webhooks", {"duplicates": 1})
    lost = {"match": {"path": "/api/v1/generations", "method": "POST"}, "fault": "close", "when": "after"}
    sandbox.control("POST", "faults", lost | {"times": JOBS // 3})
    jobs = [make_job(project, alice, prompt=f"A kite [fail charged] [instant] {number}") for number in range(JOBS)]
    turn()
    assert Job.objects.filter(rivya_id="").count() == JOBS // 3
    knocks = [catcher.next() for _ in range(2 * JOBS)]
    random.Random(7).shuffle(knocks)
    answers = Counter(catcher.hand_on(caught) for caught in knocks)
    assert answers == {200: 2 * JOBS}
    assert Counter(forged(registered, number) for number in range(12)) == {400: 12}
    assert Delivery.objects.believed().count() == JOBS
    assert Delivery.objects.filter(effect=Delivery.Effect.WAITING).count() == JOBS // 3
    turn(2)
    bells.ring_late()
    for job in jobs:
        turn_until_done(job)
    assert set(Job.objects.values_list("status", flat=True)) == {"failed"}
    closing = Entry.objects.filter(kind__in=Entry.CLOSING).values_list("subject", flat=True)
    assert Counter(closing) == Counter(job.pk for job in jobs)
    assert len(sandbox.generations()) == JOBS
    assert not Delivery.objects.filter(effect=Delivery.Effect.WAITING).exists()


def forged(endpoint: Endpoint, number: int) -> int:
    raw = json.dumps(event(f"task_{number}")).encode() if number % 4 else b"not JSON at all"
    return knock(endpoint, raw, timestamped(raw, secret=OTHER))
