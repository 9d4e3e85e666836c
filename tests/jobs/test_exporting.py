"""The list as CSV."""

import csv
import io

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from console.jobs import exporting
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from console.ui.spreadsheets import safe_cell
from tests.factories import make_job


async def exported(user: User, query: str = "") -> list[dict[str, str]]:
    client = AsyncClient()
    await client.aforce_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = await client.get(f"/jobs/export.csv{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    body = b"".join([chunk async for chunk in answer])  # type: ignore[attr-defined]
    await sync_to_async(connections.close_all)()  # those of the thread that read the rows
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.django_db(transaction=True)
async def test_the_file_holds_the_filtered_list_in_its_order(
    studio: Project, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    prompts = ['=HYPERLINK("x")', "plain, with a comma", 'a "quote"\nand a line', "fünf", "last"]
    for prompt in prompts:
        await sync_to_async(make_job)(studio, alice, prompt=prompt)
    await Job.objects.filter(prompt="last").aupdate(status=Job.Status.FAILED)
    lines = await exported(alice)
    assert [line["prompt"] for line in lines] == [*prompts[:0:-1], "'" + prompts[0]]
    assert lines[1]["person"] == alice.email
    assert [line["prompt"] for line in await exported(alice, "?state=failed")] == ["last"]
    assert await exported(charlie) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(f"x{text}") == f"x{text}"
    assert safe_cell(None) == ""
    assert safe_cell(-5) == "-5", "a number is none"
