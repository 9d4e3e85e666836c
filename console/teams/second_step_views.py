"""allauth's pages of second steps and connections: each change has its line, and what does not open says so."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from console.teams.leading_on import take_way
from console.teams.models import User
from console.teams.own_acts import record_own_act
from console.teams.second_steps import has_second_step
from console.teams.which_team import SESSION_TEAM

CODES: Final = Authenticator.Type.RECOVERY_CODES
WORDS: Final = {Authenticator.Type.TOTP: "authenticator app", Authenticator.Type.WEBAUTHN: "passkey"}
Known = dict[tuple[str, Any], str]  # (act's kind, id) → what it is called


def with_line(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view and its lines are one transaction."""

    @wraps(view)
    def noted(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method != "POST" or not isinstance(request.user, User):
                return view(request, *args, **kwargs)
            with transaction.atomic():
                before = _known(request.user)
                answer = view(request, *args, **kwargs)
                _tell(request, request.user, before, _known(request.user))
            return answer
        except ValidationError as error:  # what is kept does not open: allauth shows it, and expects that it does
            messages.error(request, " ".join(error.messages))
            return redirect("account")

    return noted


@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """`/account/second-steps/`, where setting one up ends: on into the team that asked for it, else one's account."""
    if isinstance(request.user, User) and has_second_step(request.user):
        team, path = take_way(request)
        if team is not None:
            request.session[SESSION_TEAM] = str(team.pk)
            return redirect(path)
    return redirect("account")


def show_codes(request: HttpRequest) -> HttpResponseBase:
    """Allauth's page of the codes. It writes down that they were seen, with all the row held when it was read: a code
    that was used in between would work again.
    """
    with transaction.atomic():
        list(Authenticator.objects.select_for_update().filter(user_id=request.user.pk, type=CODES))
        return codes.view_recovery_codes(request)  # type: ignore[no-any-return]


def make_codes(request: HttpRequest) -> HttpResponseBase:
    """Allauth's page that makes codes anew; it counts the old ones, and must open when they do not."""
    try:
        return codes.generate_recovery_codes(request)  # type: ignore[no-any-return]
    except ValidationError:
        if request.method == "POST":
            raise
        return render(request, "mfa/recovery_codes/generate.html", {"unused_code_count": 0})


def _known(person: User) -> Known:
    steps: Known = {}
    for step in Authenticator.objects.filter(user=person):
        kind = "recovery_codes" if step.type == CODES else "second_step"
        name = step.wrap().name if step.type == Authenticator.Type.WEBAUTHN else ""
        steps[kind, step.pk] = " ".join(filter(None, [WORDS.get(step.type, ""), name]))
    linked = {("connection", account.pk): account.provider for account in SocialAccount.objects.filter(user=person)}
    return steps | linked


def _tell(request: HttpRequest, person: User, before: Known, after: Known) -> None:
    for thing in before.keys() - after.keys():
        if thing[0] != "recovery_codes":  # they go with the last step, or new ones take their place
            record_own_act(f"{thing[0]}.removed", person, request=request, before={"what": before[thing]})
    for thing in after.keys() - before.keys():
        act = "recovery_codes.made" if thing[0] == "recovery_codes" else f"{thing[0]}.added"
        record_own_act(act, person, request=request, after={"what": after[thing] or "recovery codes"})
    for thing in before.keys() & after.keys():
        if before[thing] != after[thing]:
            was, now = {"what": before[thing]}, {"what": after[thing]}
            record_own_act(f"{thing[0]}.renamed", person, request=request, before=was, after=now)
