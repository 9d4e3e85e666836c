"""What every request needs: an id in all its log lines, an answer with its walls, and an error page in words."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from console.ui.answer_headers import always
from console.ui.problem_views import answer_blank_refusal, answer_error, is_blank_refusal

Answer = HttpResponseBase
GetResponse = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def request_id(get_response: GetResponse) -> Callable[[HttpRequest], Any]:
    """Names each request (`X-Request-ID` in the answer), and gives the answer the headers that none may lack.

    The zone that a team's page puts in force (`teams.access`) ends with the request.
    """

    def begin(request: HttpRequest) -> str:
        name = uuid.uuid4().hex
        request.request_id = name  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)
        return name

    def end(response: Answer, name: str) -> Answer:
        response["X-Request-ID"] = name
        response.headers.setdefault("Cache-Control", "private, no-store")
        for header, value in always():
            response.headers.setdefault(header, value)
        return response

    if iscoroutinefunction(get_response):

        async def named_async(request: HttpRequest) -> Answer:
            name = begin(request)
            with timezone.override(None):
                return end(await cast(Awaitable[Answer], get_response(request)), name)

        return named_async

    def named(request: HttpRequest) -> Answer:
        name = begin(request)
        with timezone.override(None):
            return end(get_response(request), name)

    return named


@sync_and_async_middleware
def problems(get_response: GetResponse) -> Callable[[HttpRequest], Any]:
    """Turns what a view did not expect of Rivya, or of the asker, into a Problem with the right status."""
    if iscoroutinefunction(get_response):

        async def passed_async(request: HttpRequest) -> Answer:
            response = await cast(Awaitable[Answer], get_response(request))
            if is_blank_refusal(request, response):
                return await sync_to_async(answer_blank_refusal)(request, response)
            return response

        passed_async.process_exception = answer_error  # type: ignore[attr-defined]
        passed_async.process_view = no_nul  # type: ignore[attr-defined]
        return passed_async

    def passed(request: HttpRequest) -> Answer:
        response = cast(Answer, get_response(request))
        return answer_blank_refusal(request, response) if is_blank_refusal(request, response) else response

    passed.process_exception = answer_error  # type: ignore[attr-defined]
    passed.process_view = no_nul  # type: ignore[attr-defined]
    return passed


def no_nul(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
    """Nothing of ours has an address with a NUL in it, and PostgreSQL can be asked for none. Raises Http404."""
    if "\0" in request.path:
        raise Http404("No address holds a NUL.")
