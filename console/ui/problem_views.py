"""Errors as pages: in words, with the right status, as a page or as a fragment."""

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from console import rivya
from console.ui.problems import Problem, from_error, from_status


def show(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A page, or a fragment for htmx, that tells `problem`, with its status."""
    template = "_problem.html" if request.headers.get("HX-Request") == "true" else "problem.html"
    return render(request, template, {"problem": problem}, status=problem.status)


def answer_error(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """What a view did not expect of Rivya or of the asker; None leaves it to Django (a fault is a logged 500)."""
    if isinstance(exception, rivya.RivyaError):
        return show(request, from_error(exception, paid=request.method == "POST"))
    if isinstance(exception, PermissionDenied):
        return show(request, from_status(403, detail=str(exception)))
    if isinstance(exception, RequestDataTooBig):
        return show(request, from_status(413))
    if isinstance(exception, Http404):
        return show(request, from_status(404))
    return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: usually a page that was open since before the last sign-in."""
    detail = "The form's protection has expired, usually because you signed in again in another tab."
    return show(request, from_status(403, detail=detail))
