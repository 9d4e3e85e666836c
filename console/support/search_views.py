"""The page of the one search."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from console.support.rendering import page
from console.support.searching import looks_like_a_secret
from console.support.searching import search as find


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET `/admin/search/?q=…`."""
    text = request.GET.get("q", "")
    is_secret = looks_like_a_secret(text)
    context = {"title": "Find", "q": "" if is_secret else text[:200], "is_secret": is_secret, "groups": find(text)}
    return page(request, "support/search.html", context)
