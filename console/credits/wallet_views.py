"""The pages of the wallet: what is in it, how it got there, and what of that our ledger explains."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from console.credits.drift_notes import note_drift
from console.credits.models import WalletInterval
from console.credits.wallet import known_accounts
from console.credits.wallet_history import RANGES, USUAL
from console.credits.wallet_showing import Wallet
from console.keys.models import Account
from console.teams.access import Act, TeamRequest, enter, in_team, may
from console.ui.visible import legible

PAGE_SIZE = 50


class NoteForm(forms.Form):
    """Why a wallet changed, in a person's words."""

    note = forms.CharField(
        label="What explains it",
        max_length=280,
        validators=[legible],
        help_text="Such as: a film that Kim made in Studio; the top-up of November.",
    )


@require_safe
@in_team(Act.VIEW_ACROSS)
def wallet(request: TeamRequest) -> HttpResponse:
    """Every Rivya account of the team that a live key belongs to, as last read."""
    days = request.GET.get("days", USUAL)
    days = days if days in RANGES else USUAL
    wallets = [Wallet(account, request.team, int(days)) for account in known_accounts(request.team)]
    context = {
        "wallets": wallets,
        "ranges": RANGES,
        "days": days,
        "may_manage": may(request.membership.role, Act.MANAGE_TEAM),
    }
    return render(request, "credits/wallet.html", context)


@require_safe
def intervals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every interval of one wallet in which anything happened, the newest first; `?show=unexplained` only those."""
    account = get_object_or_404(Account.objects.visible_to(request.user).select_related("team"), pk=pk)
    entered = enter(request, account.team, Act.VIEW_ACROSS)
    found = WalletInterval.objects.filter(account=account)
    only_drift = request.GET.get("show") == "unexplained"
    found = found.drifting() if only_drift else found.moving()
    before = _moment(request.GET.get("before", ""))
    rows = list((found.filter(to_at__lt=before) if before else found).order_by("-to_at")[: PAGE_SIZE + 1])
    has_older = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    show = "show=unexplained&" if only_drift else ""
    context = {
        "account": account,
        "rows": rows,
        "only_drift": only_drift,
        "older_url": f"?{show}before={rows[-1].to_at:%Y-%m-%dT%H:%M:%S.%fZ}" if has_older else "",
        "first_url": f"?{show}".rstrip("?&") or request.path if before else "",
    }
    return render(entered, "credits/wallet_intervals.html", context)


@require_safe
def interval(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One interval, down to the jobs and turns that explain it."""
    entered, found = _found(request, pk)
    return _page(entered, found, NoteForm())


@require_POST
def explanation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what explains a drift: it then counts as explained. Said again, it replaces what was said."""
    entered, found = _found(request, pk, Act.MANAGE_BUDGETS)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(entered, found, form, status=422)
    if note_drift(found, form.cleaned_data["note"], entered.user, request=request):
        messages.success(request, "Noted.")
    else:
        messages.warning(request, "This interval is still being worked out, so there is nothing to explain yet.")
    return redirect("credits:wallet_interval", pk=found.pk)


def _page(request: TeamRequest, found: WalletInterval, form: NoteForm, status: int = 200) -> HttpResponse:
    context = {
        "interval": found,
        "account": found.account,
        "moves": [Line(*move) for move in found.moves],
        "maybe": [Line(*move) for move in found.maybe],
        "more": found.move_count - len(found.moves),
        "form": form,
        "may_explain": may(request.membership.role, Act.MANAGE_BUDGETS),
    }
    return render(request, "credits/wallet_interval.html", context, status=status)


class Line:
    """One job or turn within an interval."""

    def __init__(self, subject: str, kind: str, model: str, credits: int, is_sure: bool = False) -> None:
        self.subject, self.kind, self.model, self.credits, self.is_sure = subject, kind, model, credits, is_sure
        self.words = "Taken" if credits < 0 else "Given back"
        if not is_sure:
            self.words = "May have been taken: Rivya has not confirmed it yet"
        self.url = reverse("jobs:show" if kind == "job" else "chat:turn", args=[subject])


def _found(request: HttpRequest, pk: UUID, act: Act = Act.VIEW) -> tuple[TeamRequest, WalletInterval]:
    mine = WalletInterval.objects.visible_to(request.user).select_related("account__team", "noted_by")
    found = get_object_or_404(mine, pk=pk)
    return enter(request, found.account.team, act), found


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None
