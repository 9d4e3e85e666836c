"""Errors as pages: in words, with the right status, as a whole page or as a fragment."""

import sys

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader

from console import rivya
from console.ui import problems
from console.ui.problems import NotNow, Problem


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a page, or as a fragment when htmx asked."""
    request.shows_problem = True  # type: ignore[attr-defined] # perhaps of no team's page: whose frame it stands in
    template = "_problem.html" if getattr(request, "htmx", False) else "problem.html"
    return render(request, template, {"problem": problem}, status=problem.status)


def answer_error(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """What a view let through: Rivya's failures, what is away, missing rights, nothing there. The rest is Django's."""
    if isinstance(exception, rivya.RivyaError):
        return answer(request, problems.from_error(exception))
    if isinstance(exception, NotNow):
        return answer(request, exception.problem)
    if isinstance(exception, PermissionDenied):
        return answer(request, problems.from_status(403, detail=str(exception)))
    if isinstance(exception, Http404):
        return answer(request, problems.from_status(404))  # htmx swaps errors too: never a whole page into a card
    if isinstance(exception, RequestDataTooBig):
        return answer(request, problems.from_status(413))
    return None


def is_blank_refusal(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether somebody opened, in a browser, an address that only takes forms: Django answers with an empty page."""
    in_a_browser = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    return in_a_browser and isinstance(response, HttpResponseNotAllowed) and not response.content


def answer_blank_refusal(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """The same refusal as a page."""
    told = answer(request, problems.from_status(405))
    told["Allow"] = response["Allow"]
    return told


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from another site."""
    return answer(request, problems.form_expired())


def too_many(request: HttpRequest) -> HttpResponse:
    """One of allauth's limits is used up. It does not say for how long; most of them are per minute."""
    told = answer(request, problems.from_status(429))
    told["Retry-After"] = "60"
    return told


def unexpected(request: HttpRequest) -> HttpResponse:
    """What nobody caught. A database that is away or too busy passes (503); the rest is a fault of the console's (500).

    Called while the exception is being handled. The pages stand alone: nothing may be relied on now.
    """
    if isinstance(sys.exc_info()[1], OperationalError):
        return HttpResponse(loader.get_template("503.html").render(), status=503, headers={"Retry-After": "5"})
    return HttpResponse(loader.get_template("500.html").render(), status=500)
