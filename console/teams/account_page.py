"""A person's own page: name, addresses, password, second steps, where they are signed in."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.teams.models import Team, User
from console.teams.own_acts import record_own_act
from console.ui.one_line import NameField


class NameForm(forms.ModelForm[User]):
    """What others call the person."""

    class Meta:
        model = User
        fields = ["name"]
        field_classes = {"name": NameField}


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """`/account/`."""
    return _page(request, NameForm(instance=_person(request)))


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """What others call me."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=_person(request).pk)
        before, form = person.name, NameForm(request.POST, instance=person)
        if form.is_valid():
            form.save()
            if before != person.name:
                was, now = {"name": before}, {"name": person.name}
                record_own_act("person.renamed", person, request=request, before=was, after=now)
            messages.success(request, "Your name is saved.")
            return redirect("account")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: NameForm, status: int = 200) -> HttpResponse:
    person = _person(request)
    steps = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    context = {
        "name_form": form,
        "app": next((step for step in steps if step.type == Authenticator.Type.TOTP), None),
        "codes": next((step for step in steps if step.type == Authenticator.Type.RECOVERY_CODES), None),
        "passkeys": [step for step in steps if step.type == Authenticator.Type.WEBAUTHN],
        "asking": Team.objects.filter(memberships__user=person, requires_second_step=True).order_by("name"),
        "session_count": UserSession.objects.filter(user=person).count(),
        "connected": SocialAccount.objects.filter(user=person).exists(),
    }
    return render(request, "account/index.html", context, status=status)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
