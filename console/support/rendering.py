"""A page in the frame of the admin site."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The template with everything its frame needs."""
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)
