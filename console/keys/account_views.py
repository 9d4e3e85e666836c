"""The page of a Rivya account: its name, its keys, and whether it is one of the team's others."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.keys.cards import cards, with_facts
from console.keys.declined import Declined
from console.keys.forms import AccountForm, JoinForm
from console.keys.joining import join_accounts, keep_apart
from console.keys.models import Account, Key
from console.teams.access import Act, TeamRequest, enter


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name the account."""
    account, asker = _managed(request, pk)
    form = AccountForm(request.POST if request.method == "POST" else None, instance=account)
    if form.is_valid():
        label = form.cleaned_data["label"]
        keep_apart(account, asker.user, label=label, request=request)
        messages.success(request, f"The account is called {label}.")
        return redirect("keys:account", account.pk)
    return _page(request, account, form, JoinForm(account=account), invalid=form.is_bound)


@require_POST
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that it is one of the team's other accounts."""
    account, asker = _managed(request, pk)
    form = JoinForm(request.POST, account=account)
    if form.is_valid():
        into = form.cleaned_data["into"]
        try:
            join_accounts(account, into, asker.user, request=request)
        except Declined as declined:
            form.add_error(None, str(declined))
        else:
            messages.success(request, f"Its keys belong to {into} now.")
            return redirect("keys:account", into.pk)
    return _page(request, account, AccountForm(instance=account), form, invalid=True)


def _page(
    request: HttpRequest, account: Account, form: AccountForm, joining: JoinForm, *, invalid: bool
) -> HttpResponse:
    account.refresh_from_db()
    keys = cards(with_facts(Key.objects.filter(account=account)))
    has_others = Account.objects.filter(team=account.team_id).exclude(pk=account.pk).exists()
    context = {"account": account, "cards": keys, "form": form, "joining": joining if has_others else None}
    return render(request, "keys/account.html", context, status=422 if invalid else 200)


def _managed(request: HttpRequest, pk: UUID) -> tuple[Account, TeamRequest]:
    account = get_object_or_404(Account.objects.visible_to(request.user).select_related("team"), pk=pk)
    return account, enter(request, account.team, Act.MANAGE_KEYS)
