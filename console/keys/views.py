"""The pages of keys. Everybody in the team sees the cards; owners and admins act."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.keys import checking, replacing, retiring
from console.keys.adding import Wish, add_key
from console.keys.cards import Card, cards, with_facts
from console.keys.declined import Declined
from console.keys.forms import KeyForm, RetireForm, SecretForm
from console.keys.models import Key
from console.keys.vault import NoKeyset
from console.teams.access import Act, TeamRequest, enter, in_team

MANY = 8  # from here on the page offers a filter


@require_safe
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """All keys of the team as cards; retired ones below."""
    keys = list(with_facts(Key.objects.filter(team=request.team)))
    keyset_missing = _look_inside(keys)
    shown = cards(key for key in keys if not key.is_retired and _matches(key, request))
    context = {
        "cards": shown,
        "retired": cards(key for key in keys if key.is_retired),
        "is_empty": all(key.is_retired for key in keys),
        "is_many": len(keys) > MANY,
        "keyset_missing": keyset_missing,
        "environments": Key.Environment.choices,
        "chosen": {name: request.GET.get(name, "") for name in ("q", "environment")},
    }
    return render(request, "keys/index.html", context)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
@in_team(Act.MANAGE_KEYS)
def new(request: TeamRequest) -> HttpResponse:
    """Paste a key: it is tried at Rivya before anything is stored."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        wish = Wish(given["name"], given["purpose"], given["environment"])
        try:
            key = add_key(request.team, request.user, wish, given["secret"], request=request)
        except Declined as declined:
            form.add_error(declined.field or None, str(declined))
        else:
            messages.success(request, f"{key} is sealed and ready. A project that is given it can use it.")
            return redirect("keys:show", key.pk)
    return render(request, "keys/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One key: its secrets, what it may do, who and what uses it."""
    card, keyset_missing = _looked_at(request, pk)
    return render(request, "keys/show.html", {"card": card, "key": card.key, "keyset_missing": keyset_missing})


@require_safe
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card alone, for when the key has changed."""
    found, _ = _looked_at(request, pk)
    return render(request, "keys/_card.html", {"card": found})


@require_POST
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try the key at Rivya now."""
    key, asker = _managed(request, pk)
    try:
        checked = checking.check_key(key, asker.user, request=request)
    except Declined as declined:
        messages.error(request, str(declined))
    else:
        (messages.success if checked.is_well else messages.error)(request, checked.words)
    return redirect("keys:show", key.pk)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lead through a replacement: paste the new secret, let both work, end the overlap."""
    key, asker = _managed(request, pk)
    form = SecretForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            replacing.replace_secret(key, asker.user, form.cleaned_data["secret"], request=request)
        except Declined as declined:
            form.add_error(declined.field or None, str(declined))
        else:
            messages.success(request, f"The new secret of {key} is in use.")
            return redirect("keys:replace", key.pk)
    return _page(request, "keys/replacement.html", key, form)


@require_POST
def end_overlap(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Retire the old secret of a key that was replaced."""
    key, asker = _managed(request, pk)
    try:
        replacing.end_overlap(key, asker.user, request=request)
    except Declined as declined:
        messages.error(request, str(declined))
    else:
        messages.success(request, f"The overlap is over: {key} works with its new secret alone.")
    return redirect("keys:show", key.pk)


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what stops, ask by naming the key, retire it."""
    key, asker = _managed(request, pk)
    form = RetireForm(request.POST if request.method == "POST" else None, key=key)
    if form.is_valid():
        try:
            retiring.retire_key(key, asker.user, request=request)
        except Declined as declined:
            form.add_error(None, str(declined))
        else:
            messages.success(request, f"{key} is retired.")
            return redirect("keys:index")
    return _page(request, "keys/retirement.html", key, form)


def _page(request: HttpRequest, template: str, key: Key, form: forms.Form) -> HttpResponse:
    context = {"card": cards([key])[0], "key": key, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _found(request: HttpRequest, pk: UUID) -> Key:
    return get_object_or_404(with_facts(Key.objects.visible_to(request.user)), pk=pk)


def _managed(request: HttpRequest, pk: UUID) -> tuple[Key, TeamRequest]:
    key = _found(request, pk)
    return key, enter(request, key.team, Act.MANAGE_KEYS)


def _looked_at(request: HttpRequest, pk: UUID) -> tuple[Card, bool]:
    key = _found(request, pk)
    enter(request, key.team)
    keyset_missing = _look_inside([key])
    return cards([key])[0], keyset_missing


def _look_inside(keys: list[Key]) -> bool:
    """Make the states of secrets true before they are shown; returns whether there is no keyset to look with."""
    try:
        checking.note_what_opens(keys)
    except NoKeyset:
        return True
    return False


def _matches(key: Key, request: HttpRequest) -> bool:
    words, environment = request.GET.get("q", "").strip().lower(), request.GET.get("environment", "")
    newest = key.newest_secret()
    told = f"{key.name} {key.purpose} {newest.last_four if newest else ''}".lower()
    return words in told and environment in ("", key.environment)
