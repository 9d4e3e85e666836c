"""The page of a person's email addresses, allauth's own with a line for each change; and of one to be confirmed."""

from typing import Any

from allauth.account.internal.constants import LoginStageKey
from allauth.account.models import EmailAddress
from allauth.account.stages import LoginStageController
from allauth.account.views import email as allauth_page
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.teams.account_mails import held_back
from console.teams.models import User
from console.teams.own_acts import record_own_act


def addresses(request: HttpRequest) -> HttpResponseBase:
    """`/account/email/`: add, remove, make one the first, have a link sent."""
    if request.method != "POST" or not isinstance(request.user, User):
        return allauth_page(request)  # type: ignore[no-any-return]
    with held_back(request), transaction.atomic():
        person = User.objects.select_for_update().get(pk=request.user.pk)
        before = _facts(person)
        answer: HttpResponseBase = allauth_page(request)
        person.refresh_from_db()
        if before != (after := _facts(person)):
            record_own_act("address.changed", person, request=request, before=before, after=after)
    return answer


@require_safe
@login_not_required
def confirmation_awaited(request: HttpRequest) -> HttpResponse:
    """`/account/confirm-email/`: where the link to confirm an address is. Says the same of one that is taken."""
    stage = LoginStageController.enter(request, LoginStageKey.VERIFY_EMAIL)
    address = (stage.login.email or getattr(stage.login.user, "email", "")) if stage else ""
    return render(request, "account/verification_sent.html", {"address": address})


def _facts(person: User) -> dict[str, Any]:
    known = EmailAddress.objects.filter(user=person).order_by("email")
    return {"signs in with": person.email} | {each.email: _standing(each) for each in known}


def _standing(address: EmailAddress) -> str:
    first, verified = "first" if address.primary else "further", "confirmed" if address.verified else "not confirmed"
    return f"{first}, {verified}"
