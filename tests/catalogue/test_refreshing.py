from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from console.catalogue.models import CatalogueModel, CatalogueRefresh
from console.catalogue.refreshing import refresh, refresh_if_due, refresh_now
from console.keys.clients import from_sync
from tests.conftest import Sandbox

read = from_sync(refresh)


@pytest.fixture
def probe(sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    entry = {"id": "probe-1.5", "display_name": "Probe", "category": "image"}
    sandbox.control("POST", "models", entry)
    yield entry
    sandbox.control("DELETE", "models/probe-1.5")


@pytest.mark.django_db
def test_the_list_is_rivyas_list(sandbox: Sandbox, probe: dict[str, Any]) -> None:
    assert read().problem == ""
    assert CatalogueModel.objects.count() > 50
    fox = CatalogueModel.objects.get(pk="nano-banana-2")
    assert (fox.base_credits, fox.max_prompt_length, fox.is_callable) == (5, 20000, True)
    assert fox.references.max_files == 14
    assert not CatalogueModel.objects.get(pk="gpt-5.4-codex-chat").is_callable


@pytest.mark.django_db
def test_a_model_that_goes_is_marked_and_one_that_returns_is_back(sandbox: Sandbox, probe: dict[str, Any]) -> None:
    read()
    sandbox.control("DELETE", "models/probe-1.5")
    read()
    assert CatalogueModel.objects.get(pk="probe-1.5").gone_at is not None
    sandbox.control("POST", "models", probe)
    read()
    assert CatalogueModel.objects.get(pk="probe-1.5").gone_at is None


@pytest.mark.django_db
def test_only_what_a_form_depends_on_changes_the_schema(sandbox: Sandbox, probe: dict[str, Any]) -> None:
    def hash_after(**changes: Any) -> str:
        sandbox.control("POST", "models", probe | changes)
        read()
        return CatalogueModel.objects.get(pk="probe-1.5").schema_hash

    before = hash_after()
    assert hash_after(display_name="Probe, renamed", notices=["Be kind"], base_credits=9) == before
    assert hash_after(params=[{"key": "seed", "type": "number"}]) != before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"fault": "html", "status": 200}, "not with a list"),
        ({"fault": "garbage_json"}, "not with a list"),
        ({"fault": "patch_json", "merge": {"data": []}}, "was empty"),
        ({"fault": "patch_json", "merge": {"data": [{"id": ""}, 7]}}, "was empty"),
        ({"fault": "error", "status": 403, "code": "api_scope_denied"}, "refused"),
        ({"fault": "reset"}, "could not be reached"),
    ],
)
def test_an_answer_without_a_list_keeps_the_old_one(sandbox: Sandbox, fault: dict[str, Any], says: str) -> None:
    read()
    known = CatalogueModel.objects.listed().count()
    sandbox.control("POST", "faults", {"match": {"path": "/api/v1/models"}, "times": 9, **fault})
    row = read()
    assert says in row.problem
    assert row.read_at < row.tried_at  # type: ignore[operator]
    assert CatalogueModel.objects.listed().count() == known


@pytest.mark.django_db
def test_an_id_that_no_address_could_name_is_left_out(sandbox: Sandbox) -> None:
    ids = ["good-1", "two\nlines", "nul\0", "\u202eback", "   ", "x" * 121]
    listed = {"data": [{"id": model_id, "display_name": "A model"} for model_id in ids]}
    match = {"path": "/api/v1/models"}
    sandbox.control("POST", "faults", {"match": match, "fault": "patch_json", "merge": listed})
    assert read().problem == ""
    assert [model.pk for model in CatalogueModel.objects.listed()] == ["good-1"]


@pytest.mark.django_db
def test_nobody_at_the_address_is_told_in_words(settings: Any) -> None:
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    assert read().problem == "Rivya could not be reached."


@pytest.mark.django_db
def test_the_list_is_read_when_it_is_due(sandbox: Sandbox) -> None:
    assert refresh_if_due()
    assert not refresh_if_due()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert refresh_if_due()


@pytest.mark.django_db
def test_a_failed_read_is_tried_again_after_half_a_minute(settings: Any) -> None:
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    assert refresh_if_due()
    assert not refresh_if_due()
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert refresh_if_due()


@pytest.mark.django_db
def test_a_person_cannot_ask_more_often_than_every_few_seconds(sandbox: Sandbox) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert refresh_now()
        assert not refresh_now()
        clock.shift(timedelta(seconds=6))
        assert refresh_now()
    assert CatalogueRefresh.objects.count() == 1
