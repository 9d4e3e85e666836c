"""Errors as pages: in words, with the right status, as a page or as a fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def answer_error(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", status=403)
