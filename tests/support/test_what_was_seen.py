"""What the owner reads of a look: each page of it; and what the staff are told when it is over."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.support.models import Opening
from console.support.viewing import COOKIE
from console.teams.models import Role, User
from tests.audit.test_every_change import lines_refused
from tests.factories import make_user
from tests.support.addresses import product
from tests.support.conftest import PROMPT, Owned


def test_each_page_that_is_read_is_a_line_that_the_owner_finds(
    seen: Client, sue: User, owned: Owned, browser_of: Any
) -> None:
    job, chat = product(owned)["jobs:show"], product(owned)["chat:show"]
    seen.get(f"{job}?q=searched")
    seen.get(job, headers={"HX-Request": "true"})
    seen.get(product(owned)["jobs:result"], headers={"Sec-Fetch-Dest": "image"})
    seen.get(chat, headers={"Sec-Fetch-Dest": "document"})
    seen.get("/jobs/00000000-0000-0000-0000-000000000000/")
    lines = AuditEvent.objects.filter(act="support.page_seen").order_by("at")
    assert [line.after["page"] for line in lines] == [job, chat]
    assert {(line.team_id, line.actor_id) for line in lines} == {(owned.team.pk, sue.pk)}
    olga = browser_of(make_user("olga", owned.team, Role.OWNER))
    assert f'href="/audit/?person={sue.pk}"' in olga.get("/team/support/").content.decode()
    assert job in olga.get(f"/audit/?person={sue.pk}").content.decode()


def test_no_page_is_shown_whose_line_cannot_be_written(seen: Client, owned: Owned) -> None:
    seen.raise_request_exception = False
    with lines_refused():
        answer = seen.get(product(owned)["jobs:show"])
    assert answer.status_code in (500, 503)
    assert PROMPT not in answer.content.decode()


@pytest.mark.parametrize(("how", "why"), [("owner", "olga@example.com ended the opening"), ("time", "half hour")])
def test_who_loses_the_look_is_told_why(seen: Client, owned: Owned, browser_of: Any, how: str, why: str) -> None:
    if how == "owner":
        olga = browser_of(make_user("olga", owned.team, Role.OWNER))
        olga.post(reverse("support:end", args=[Opening.objects.get().pk]))
    else:
        Opening.objects.update(until=timezone.now())
    page = seen.get("/jobs/", follow=True).content.decode()
    assert "You no longer see what alice@example.com sees" in page
    assert why in page
    assert COOKIE not in {name for name, cookie in seen.cookies.items() if cookie.value}
