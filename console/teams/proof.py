"""Acts that can do harm ask who is there when nobody has shown it for half an hour.

A sign-in is a proof (through the identity server only when it asked), and so is allauth's page that asks again
(password, code, passkey). What was sent is not kept meanwhile, because it may hold a secret: the person comes back to
the page they were on and sends it again.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from console.teams import identity_proof

P = ParamSpec("P")
_ONLY_LOOKING = ("GET", "HEAD", "OPTIONS")
_CLOCK_DRIFT_SECONDS = 60


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed within the last half hour that it is them."""
    records = [each for each in get_authentication_records(request, request.user) if identity_proof.counts(each)]
    if not records:
        return False
    ago_seconds = time.time() - float(records[-1]["at"])
    # From the future: the clock was set back since, and how long ago that was nobody knows.
    return bool(-_CLOCK_DRIFT_SECONDS <= ago_seconds < settings.PROOF_MINUTES * 60)


def demand(request: HttpRequest) -> None:
    """Leads away, to the page that asks, unless the proof is fresh. For an act that changes something."""
    if request.method not in _ONLY_LOOKING:
        ask(request)


def proven(
    view: Callable[Concatenate[Any, P], HttpResponseBase],
) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """For a view that always asks, whatever the method: exports, and what the staff may do."""

    @wraps(view)
    def asked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "viewing", None) is None:  # support looks through somebody's eyes; it was asked before
            ask(request)
        return view(request, *args, **kwargs)

    return asked


def ask(request: HttpRequest) -> None:
    """Leads away unless the proof is fresh, whatever the method."""
    if not request.user.is_authenticated or is_fresh(request):
        return
    messages.info(request, "Nothing was done yet. Once you have confirmed that it is you, do it again.")
    page = f"{reverse('account_reauthenticate')}?{urlencode({'next': _where_they_are(request)})}"
    raise ImmediateHttpResponse(_led(request, page))


def _led(request: HttpRequest, page: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": page})  # a whole page must not be swapped into a card
    return HttpResponseRedirect(page)


def _where_they_are(request: HttpRequest) -> str:
    """The page that the form, the button or the link stood on; the start when the browser does not tell."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    hosts = {request.get_host()}
    if not told or not url_has_allowed_host_and_scheme(told, allowed_hosts=hosts, require_https=request.is_secure()):
        return request.get_full_path() if request.method in _ONLY_LOOKING else "/"
    parts = urlsplit(told)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
