from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import include, path, resolve

from console.ui.navigation import TEAM, Entry, Link, links
from console.ui.templatetags.ui import allowed

ENTRIES = (
    Entry("Home", "house", "home"),
    Entry("Jobs", "images", "jobs:index", "g j"),
    Entry("Moon", "moon", "moon:index"),
)


class Routes:
    """Two of the three places exist."""

    @staticmethod
    def nothing(request: HttpRequest) -> Any: ...

    urlpatterns = [
        path("", nothing, name="home"),
        path("jobs/", include(([path("", nothing, name="index"), path("new/", nothing, name="new")], "jobs"))),
    ]


@pytest.fixture
def ask(rf: RequestFactory, settings: Any) -> Any:
    settings.ROOT_URLCONF = Routes

    def asked(where: str) -> list[Link]:
        request = rf.get(where)
        request.resolver_match = resolve(where)
        return links(ENTRIES, request)

    return asked


def test_a_place_without_a_route_is_left_out(ask: Any) -> None:
    assert [(link.label, link.url) for link in ask("/")] == [("Home", "/"), ("Jobs", "/jobs/")]


@pytest.mark.parametrize(("where", "current"), [("/", "Home"), ("/jobs/", "Jobs"), ("/jobs/new/", "Jobs")])
def test_the_place_of_the_page_is_marked(ask: Any, where: str, current: str) -> None:
    assert [link.label for link in ask(where) if link.current] == [current]


@pytest.mark.parametrize("where", ["/team/", "/team/second-step/", "/team/removal/"])
def test_what_is_reached_from_the_settings_is_marked_as_settings(rf: RequestFactory, where: str) -> None:
    request = rf.get(where)
    request.resolver_match = resolve(where)
    assert [link.label for link in links(TEAM, request) if link.current] == ["Settings"]


def test_a_page_without_a_place_marks_none(rf: RequestFactory, settings: Any) -> None:
    settings.ROOT_URLCONF = Routes
    assert not any(link.current for link in links(ENTRIES, rf.get("/elsewhere/")))


@pytest.mark.parametrize(
    ("needs", "may", "shown"),
    [
        ("", None, True),
        ("submit", {"submit": True}, True),
        ("submit", {"submit": False}, False),
        ("submit", {}, False),
        ("submit", "", False),
    ],
)
def test_a_link_is_shown_only_to_those_whose_role_may_follow_it(needs: str, may: Any, shown: bool) -> None:
    assert allowed(Link("New job", "plus", "/jobs/new/", "n", needs, current=False), may) is shown
