from typing import Any, ClassVar
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import AsyncClient, Client, RequestFactory
from django.urls import path

import console.urls
from console import rivya
from console.ui.problem_views import answer_error, csrf_failure


def fail(request: HttpRequest) -> HttpResponse:
    raise {"busy": OperationalError, "fault": ZeroDivisionError}[request.GET["how"]]


async def fail_async(request: HttpRequest) -> HttpResponse:
    return await sync_to_async(fail)(request)


FORM_ALONE = "/teams/none/team/"


class Failing:
    """The console's own addresses, and two that fail."""

    handler500 = console.urls.handler500
    urlpatterns: ClassVar = [path("fail/", fail), path("fail-async/", fail_async), *console.urls.urlpatterns]


@pytest.fixture
def asked(rf: RequestFactory) -> Any:
    def ask(method: str = "get", *, htmx: bool = False) -> HttpRequest:
        request: HttpRequest = getattr(rf, method)("/jobs/")
        request.user = AnonymousUser()
        request.htmx = htmx  # type: ignore[attr-defined]
        return request

    return ask


def text(answer: HttpResponseBase | None) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


ERRORS = [
    (rivya.TimedOut(), 504),
    (rivya.NoAnswer(sent=False), 503),
    (rivya.Invalid(code="validation_failed", status=400, request_id="req_7"), 422),
    (PermissionDenied("Your role is viewer; to submit you need another."), 403),
    (Http404(), 404),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_a_whole_page_in_words(asked: Any, error: Exception, status: int) -> None:
    answer = answer_error(asked(), error)
    assert answer is not None
    assert answer.status_code == status
    assert "<html" in text(answer)
    assert 'role="alert"' in text(answer)


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_inside_a_page_is_a_fragment(asked: Any, error: Exception, status: int) -> None:
    answer = answer_error(asked(htmx=True), error)
    assert answer is not None
    assert answer.status_code == status
    assert "<html" not in text(answer)


def test_a_problem_shows_the_request_id_to_copy(asked: Any) -> None:
    page = text(answer_error(asked(), rivya.Invalid(code="validation_failed", status=400, request_id="req_7")))
    assert 'data-copy="req_7"' in page


def test_a_read_that_failed_says_nothing_about_money(asked: Any) -> None:
    assert "charged" not in text(answer_error(asked(htmx=True), rivya.TimedOut()))


def test_a_role_that_may_not_is_told_why(asked: Any) -> None:
    assert "Your role is viewer" in text(answer_error(asked(), PermissionDenied("Your role is viewer.")))


def test_a_fault_of_our_own_is_left_to_be_logged(asked: Any) -> None:
    assert answer_error(asked(), ZeroDivisionError()) is None


def test_a_form_that_lost_its_protection_says_so(asked: Any) -> None:
    answer = csrf_failure(asked())
    assert answer.status_code == 403
    assert "The form has expired" in text(answer)


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_says_so_to_anybody() -> None:
    answer = Client().get("/account/nothing-here/")
    assert answer.status_code == 404
    assert "There is nothing here" in text(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/fail/", "/fail-async/"])
@pytest.mark.parametrize(("how", "status", "title"), [("busy", 503, "busy or away"), ("fault", 500, "had a fault")])
def test_a_database_that_is_away_is_told_from_a_fault(
    browser_of: Any, alice: Any, settings: Any, address: str, how: str, status: int, title: str
) -> None:
    browser: Client = browser_of(alice)
    browser.raise_request_exception = False
    settings.ROOT_URLCONF = Failing
    answer = browser.get(address, {"how": how})
    assert answer.status_code == status
    assert title in answer.content.decode()
    assert answer.has_header("Retry-After") == (status == 503)


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.django_db
def test_an_address_that_takes_forms_only_is_a_page_for_who_opens_it(browser_of: Any, alice: Any) -> None:
    answer = browser_of(alice).get(FORM_ALONE, headers=BROWSER)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "There is no page at this address" in text(answer)


@pytest.mark.django_db
def test_a_problem_stands_in_the_frame_of_the_team(browser_of: Any, alice: Any) -> None:
    """With everything that its people reach from everywhere else."""
    page = browser_of(alice).get(f"/jobs/{UUID(int=0)}/", headers=BROWSER).content.decode()
    assert "There is nothing here" in page
    for words in ("Alice&#x27;s team", "New job", "Failures", "Webhooks", "Settings"):
        assert words in page


@pytest.mark.django_db(transaction=True)
async def test_it_is_one_on_the_server_that_streams_as_well(alice: Any) -> None:
    browser = AsyncClient()
    await browser.aforce_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    answer = await browser.get(FORM_ALONE, headers=BROWSER)
    await sync_to_async(connections.close_all)()  # of the thread that the async code used
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "There is no page at this address" in text(answer)


@pytest.mark.django_db
def test_a_program_that_calls_an_address_wrongly_gets_no_page(browser_of: Any, alice: Any) -> None:
    browser = browser_of(alice)
    assert browser.get(FORM_ALONE, headers={"Accept": "*/*"}).content == b""
    assert browser.post("/people/", headers=BROWSER).content == b""
