from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.catalogue.models import CatalogueModel, CatalogueRefresh
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_model

INDEX = reverse("catalogue:index")


@pytest.fixture
def browser(alice: User, browser_of: Any) -> Client:
    client: Client = browser_of(alice)
    return client


@pytest.fixture
def shelf(db: None) -> None:
    make_model("fox-image", base_credits=4)
    make_model("fox-film", category="video", base_credits=40, raw={"file_kinds": ["image"]})
    make_model("fox-closed", base_credits=1, api_status="studio_only")
    make_model("fox-chat", category="chat", base_credits=2)
    make_model("fox-gone", gone_at=timezone.now())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"fox-image", "fox-film", "fox-closed", "fox-chat"}),
        ("?kind=video", {"fox-film"}),
        ("?q=FILM+fox", {"fox-film"}),
        ("?input=image", {"fox-film"}),
        ("?credits=4", {"fox-image", "fox-closed", "fox-chat"}),
        ("?ready=ready", {"fox-image", "fox-film"}),
        ("?ready=closed", {"fox-closed", "fox-chat"}),
        ("?q=nothing", set()),
        ("?credits=many&ready=x&input=y&sort=z", {"fox-image", "fox-film", "fox-closed", "fox-chat"}),
    ],
)
def test_models_are_found_by_what_the_address_asks(browser: Client, shelf: None, query: str, found: set[str]) -> None:
    page = browser.get(INDEX + query).content.decode()
    assert {
        name for name in ("fox-image", "fox-film", "fox-closed", "fox-chat", "fox-gone") if f">{name}<" in page
    } == found


def test_the_cheapest_come_first_when_asked(browser: Client, shelf: None) -> None:
    page = browser.get(INDEX + "?sort=price").content.decode()
    places = [page.index(f">{name}<") for name in ("fox-closed", "fox-chat", "fox-image", "fox-film")]
    assert places == sorted(places)


def test_htmx_gets_the_table_alone(browser: Client, shelf: None) -> None:
    page = browser.get(INDEX, headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="models"')


def test_an_empty_catalogue_says_what_will_be_here(browser: Client) -> None:
    assert "No models yet" in browser.get(INDEX).content.decode()


def test_a_list_that_could_not_be_read_is_told_beside_the_old_one(browser: Client, shelf: None) -> None:
    CatalogueRefresh.objects.create(pk=1, read_at=timezone.now(), problem="Rivya could not be reached.")
    page = browser.get(INDEX).content.decode()
    assert "Rivya could not be reached." in page
    assert "fox-image" in page


@pytest.mark.parametrize("model_id", ["gpt-5.4", "vendor/model.1", "a b?c#d", "é"])
def test_a_model_of_any_id_has_a_page(browser: Client, model_id: str) -> None:
    make_model(model_id)
    url = reverse("catalogue:show", args=[model_id])
    assert browser.get(url).status_code == 200
    assert model_id in browser.get(f"/models/{quote(model_id)}/").content.decode().replace("&amp;", "&")


def test_a_model_page_shows_what_rivya_says_as_text(browser: Client) -> None:
    params = [{"key": "seed", "type": "number", "min": 0, "max": 9, "description": "<b>Dice</b>"}]
    make_model(raw={"params": params, "notices": ["<script>alert(1)</script>", {"no": "text"}, 5]})
    page = browser.get(reverse("catalogue:show", args=["z-image"])).content.decode()
    assert "&lt;b&gt;Dice&lt;/b&gt;" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "from 0 to 9" in page


def test_a_model_that_cannot_be_called_has_no_way_into_the_form(browser: Client) -> None:
    make_model("open")
    make_model("closed", api_status="coming_soon")
    assert "Use this model" in browser.get(reverse("catalogue:show", args=["open"])).content.decode()
    closed = browser.get(reverse("catalogue:show", args=["closed"])).content.decode()
    assert "Use this model" not in closed
    assert "Not open yet" in closed


@pytest.mark.parametrize("model_id", ["nobody", "%00", "fox%00image"])
def test_an_unknown_model_is_not_found(browser: Client, model_id: str) -> None:
    assert browser.get(f"/models/{model_id}/").status_code == 404


def test_refresh_now_reads_the_list_and_shows_it(browser: Client, sandbox: Sandbox) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        page = browser.post(reverse("catalogue:refresh"), follow=True).content.decode()
        again = browser.post(reverse("catalogue:refresh"), follow=True).content.decode()
    assert "as Rivya has it now" in page
    assert "nano-banana-2" in page
    assert CatalogueModel.objects.callable().count() > 40
    assert "a moment ago" in again


def test_the_whole_list_takes_few_queries(
    browser: Client, sandbox: Sandbox, django_assert_max_num_queries: Any
) -> None:
    browser.post(reverse("catalogue:refresh"))
    with django_assert_max_num_queries(12):
        browser.get(INDEX)
