"""How often one person may do what costs: a wall against scripts and stuck keys, far above what people do.

Refused before the view is asked: nothing of it has happened. Signing in has its own limits (allauth's).
"""

from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from console.engine.rationing import Allowance, take
from console.teams.account_views import addresses
from console.ui import problems
from console.ui.problem_views import answer

MINUTE: Final = 60
# What each address takes of which ration, by its method. Names of rations are those of settings.LIMITS_PER_MINUTE.
RATIONED: Final = {
    ("POST", "jobs:index"): "submit",
    ("POST", "failures:start_retry"): "submit",
    ("POST", "chat:index"): "ask",
    ("POST", "chat:turns"): "ask",
    ("POST", "chat:retry"): "ask",
    ("POST", "files:index"): "upload",
    ("POST", "jobs:result_reference"): "upload",
    ("GET", "jobs:export"): "export",
    ("GET", "jobs:bundle"): "export",
    ("GET", "chat:export"): "export",
    ("GET", "credits:usage_export"): "export",
    ("GET", "audit:export"): "export",
    ("GET", "admin:audit_auditevent_export"): "export",
    ("POST", "webhooks:test"): "webhook",
    ("POST", "webhooks:ring"): "webhook",
    ("POST", "webhooks:rotation"): "webhook",
    ("POST", "webhooks:pause"): "webhook",
    ("POST", "webhooks:resumption"): "webhook",
    ("POST", "webhooks:settings"): "webhook",
    ("GET", "webhooks:comparison"): "webhook",
}
_WORDS: Final = {
    "submit": "You sent {most} jobs within a minute. This one was not sent.",
    "ask": "You asked {most} questions within a minute. This one was not asked.",
    "upload": "You brought {most} files within a minute. This one was not taken.",
    "export": "You exported {most} times within a minute.",
    "webhook": "You tested, changed or compared webhooks {most} times within a minute.",
}
Refusal = HttpResponse | None


@sync_and_async_middleware
def limits(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answers 429 with `Retry-After` when a person's ration is used up; asks nothing about any other address."""
    if iscoroutinefunction(get_response):

        async def passed_async(request: HttpRequest) -> Any:
            return await get_response(request)

        async def look_async(request: HttpRequest, view: Any, *_: object) -> Refusal:
            ask_as_get(request, view)
            kind = kind_of(request)
            return await sync_to_async(refusal)(request, kind) if kind else None

        passed_async.process_view = look_async  # type: ignore[attr-defined]
        return passed_async

    def passed(request: HttpRequest) -> Any:
        return get_response(request)

    def look(request: HttpRequest, view: Any, *_: object) -> Refusal:
        ask_as_get(request, view)
        kind = kind_of(request)
        return refusal(request, kind) if kind else None

    passed.process_view = look  # type: ignore[attr-defined]
    return passed


def ask_as_get(request: HttpRequest, view: Any) -> None:
    """HEAD of a page of allauth's is taken for GET (the server leaves the body out): allauth counts all else as a try.

    A link checker would use up the tries of everybody who shares its address.
    """
    is_allauths = str(getattr(view, "__module__", "")).startswith("allauth.") or view is addresses
    if request.method == "HEAD" and is_allauths:
        request.method = "GET"


def kind_of(request: HttpRequest) -> str:
    """Which ration the request takes of; empty for none."""
    match = request.resolver_match
    return RATIONED.get((request.method or "", match.view_name), "") if match else ""


def refusal(request: HttpRequest, kind: str) -> Refusal:
    """Take one for the person who asks. None when there was one."""
    most = settings.LIMITS_PER_MINUTE[kind]
    if not request.user.is_authenticated:
        return None
    wait_seconds = take(f"{kind}:{request.user.pk}", Allowance(most, MINUTE))
    if not wait_seconds:
        return None
    told = problems.too_often(_WORDS[kind].format(most=most), wait_seconds)
    response = answer(request, told)
    response["Retry-After"] = str(wait_seconds)
    # A form that htmx sent keeps what was typed: the words go above it.
    response["HX-Reswap"] = "afterbegin"
    return response
