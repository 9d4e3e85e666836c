"""Accounts at the organisation's identity server that sign somebody in here."""

from allauth.socialaccount.views import connections as allauth_page
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET


def connections(request: HttpRequest) -> HttpResponseBase:
    """Allauth's own page; absent while no identity server is set."""
    if not settings.OIDC_ISSUER:
        raise Http404
    return allauth_page(request)  # type: ignore[no-any-return]


@require_GET
def prove(request: HttpRequest) -> HttpResponse:
    """For people who sign in there only: the identity server asks them again."""
    if not settings.OIDC_ISSUER:
        raise Http404
    return render(request, "socialaccount/prove.html", {"next": request.GET.get("next", "/")})
