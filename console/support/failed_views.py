"""The failed jobs of all teams."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from console.support.failed import FilterForm, read_failed
from console.support.rendering import page
from console.ui.keyset import cursor_of, links


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """GET `/admin/failed/`: filters and place stand in the address."""
    form = FilterForm(request.GET)
    found = read_failed(form.wish, cursor_of(request))
    context = {
        "title": "Failed jobs",
        "form": form,
        "wish": form.wish,
        "jobs": found.rows,
        "links": links(request, found),
    }
    return page(request, "support/failed.html", context)
