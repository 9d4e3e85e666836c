"""The page on which people are invited: it knows the projects that may be chosen for them."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.projects.inviting_forms import InviteForm
from console.teams import inviting
from console.teams.access import Act, TeamRequest, in_team
from console.teams.domains import in_words
from console.teams.invitation_views import tell_mailed
from console.ui.times import spoken_length

FULL = (
    "Your team may mail {most} invitations a day, and fewer than {asked} are left. "
    "None was sent. In {wait} there are enough."
)


@require_http_methods(["GET", "POST"])
@in_team(Act.MANAGE_PEOPLE)
def invite(request: TeamRequest) -> HttpResponse:
    """`/people/invitations/`: invite one address or several."""
    if request.method == "GET":
        return _page(request, InviteForm(mine=request.membership))
    form = InviteForm(request.POST, mine=request.membership)
    if not form.is_valid():
        return _page(request, form, status=422)
    addresses = form.cleaned_data["addresses"]
    if wait_seconds := inviting.seconds_until_mails(request.team, len(addresses)):
        most, wait = settings.INVITATIONS_A_DAY, spoken_length(wait_seconds)
        form.add_error(None, FULL.format(most=most, asked=len(addresses), wait=wait))
        return _page(request, form, status=429)
    made = inviting.invite(addresses, form.wish, request)
    mailed = [each.email for each, token in made if inviting.mail(each, token, request)]
    tell_mailed(request, mailed, addresses)
    return redirect("teams:people")


def _page(request: TeamRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "domains": in_words(request.team.sign_in_domains)}
    return render(request, "projects/invite.html", context, status=status)
