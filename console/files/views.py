"""The library: its page, its cards, the picker of forms, and taking files in and out."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.files import adding, browsing, checking
from console.files.browsing import Wish
from console.files.facts import Rejected
from console.files.forms import UploadForm
from console.files.models import FileKind, ReferenceFile
from console.files.sending import send_early
from console.projects.models import Project
from console.teams.access import Act, TeamRequest, enter, in_team, may
from console.ui.keyset import cursor_of, links

PICKER_SIZE = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file that was brought: the file and where it is, or why not."""

    name: str
    file: ReferenceFile | None
    words: str


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """`/files/`: the library, and the door for new files."""
    return _add(request) if request.method == "POST" else library(request)


@in_team()
def library(request: TeamRequest, refused: tuple[Outcome, ...] = ()) -> HttpResponse:
    """The team's files as a grid, newest first."""
    wish = Wish.of(request.GET.get("project", ""), request.GET.get("kind", ""))
    projects = list(Project.objects.seen_by(request.membership).open())
    page = browsing.read_files(request.membership, wish, cursor_of(request))
    context = {
        "cards": browsing.cards(page.rows),
        "links": links(request, page),
        "wish": wish,
        "project": next((each for each in projects if each.pk == wish.project), None),
        "my_projects": projects,
        "kinds": FileKind.choices,
        "limits": checking.LIBRARY,
        "refused": refused,
        "address": request.get_full_path(),
        "may_submit": may(request.membership.role, Act.SUBMIT),
    }
    return render(request, "files/index.html", context, status=422 if refused else 200)


@require_safe
def picker(request: HttpRequest) -> HttpResponse:
    """`/files/picker/?project=…&kinds=image,video&model=…&chosen=…`: choose references, or bring new ones."""
    wish = Wish.of(request.GET.get("project", ""), request.GET.get("kinds", ""))
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=wish.project)
    entered = enter(request, project.team)
    page = browsing.read_files(entered.membership, wish, cursor_of(request), PICKER_SIZE)
    chosen = _chosen(project, request.GET.getlist("chosen"))
    context = {
        "project": project,
        "accept": ",".join(f"{kind}/*" for kind in wish.kinds or FileKind.values),
        "upload_fields": json.dumps(
            {"project": str(project.pk), "model": request.GET.get("model", ""), "place": "picker"}
        ),
        "chosen": chosen,
        "files": [file for file in page.rows if file not in chosen],
        "links": links(request, page),
        "may_submit": may(entered.membership.role, Act.SUBMIT),
    }
    return render(request, "files/_picks.html" if page.newer else "files/_picker.html", context)


@require_safe
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`/files/<id>/card/`: one file of the grid."""
    file = _found(request, pk)
    return _card(enter(request, file.team), file)


@require_POST
def removal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a file out of the library; not while a job that is not finished works from it."""
    file = _found(request, pk)
    entered = enter(request, file.team, Act.SUBMIT)
    try:
        adding.remove_file(file, entered.user, request)
    except adding.InUse:
        words = "A job that is not finished works from this file. Remove it when the job is done."
        return _said(entered, file, words, status=422)
    return _changed(entered, file, f"{file.name} was removed.")


@require_POST
def restoration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Undo a removal."""
    file = _found(request, pk)
    entered = enter(request, file.team, Act.SUBMIT)
    try:
        adding.restore_file(file, entered.user, request)
    except adding.Replaced:
        return _said(entered, file, "The same file was added again since.", status=422)
    except adding.BytesGone:
        return _said(entered, file, "It was removed too long ago: what was in it is not kept any more.", status=422)
    return _changed(entered, file, f"{file.name} is back.")


def _add(request: HttpRequest) -> HttpResponseBase:
    owned = Project.objects.visible_to(request.user).open().select_related("team", "key")
    project = get_object_or_404(owned, pk=browsing.uuid_of(request.POST.get("project", "")))
    entered = enter(request, project.team, Act.SUBMIT)
    form = UploadForm(request.POST)
    outcomes = [_taken(entered, each, project, form.told("model")) for each in request.FILES.getlist("file")]
    outcomes = outcomes or [Outcome("", None, "There was no file in this form.")]
    if entered.htmx:
        return _fragments(entered, outcomes, form.told("place"))
    for outcome in outcomes:
        if outcome.file:
            messages.success(request, f"{outcome.name} is in the library. {outcome.words}")
    refused = tuple(outcome for outcome in outcomes if outcome.file is None)
    return library(request, refused) if refused else redirect(f"{reverse('files:index')}?project={project.pk}")


def _taken(request: TeamRequest, given: "UploadedFile[Any]", project: Project, model: str) -> Outcome:
    name = adding.tidy_name(given.name or "")
    try:
        file = adding.add_file(given, project, request.user, request)
    except Rejected as rejected:
        return Outcome(name, None, rejected.words)
    return Outcome(name, file, send_early(file, model=model))


def _fragments(request: TeamRequest, outcomes: list[Outcome], place: str) -> HttpResponse:
    if all(outcome.file is None for outcome in outcomes):
        return render(request, "files/_refused.html", {"refused": outcomes, "named": False}, status=422)
    added = [(outcome.file, outcome.words) for outcome in outcomes if outcome.file]
    if place == "picker":
        return render(request, "files/_added_picks.html", {"added": added})
    shown = zip(browsing.cards([file for file, _ in added]), added, strict=True)
    context = {"added": [(each, words) for each, (_, words) in shown], "may_submit": True}
    return render(request, "files/_added.html", context)


def _changed(request: TeamRequest, file: ReferenceFile, words: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, words)
        return redirect(f"{reverse('files:index')}?project={file.project_id}")
    return _card(request, file)


def _said(request: TeamRequest, file: ReferenceFile, words: str, status: int) -> HttpResponse:
    if not request.htmx:
        messages.error(request, words)
        return redirect(f"{reverse('files:index')}?project={file.project_id}")
    return _card(request, file, words, status)


def _card(request: TeamRequest, file: ReferenceFile, words: str = "", status: int = 200) -> HttpResponse:
    file.refresh_from_db()
    (shown,) = browsing.cards([file])
    context = {"card": shown, "words": words, "may_submit": may(request.membership.role, Act.SUBMIT)}
    return render(request, "files/_file.html", context, status=status)


def _found(request: HttpRequest, pk: UUID) -> ReferenceFile:
    owned = ReferenceFile.objects.visible_to(request.user).select_related("team", "project", "added_by")
    return get_object_or_404(owned, pk=pk)


def _chosen(project: Project, named: list[str]) -> list[ReferenceFile]:
    pks = list(filter(None, map(browsing.uuid_of, named[:PICKER_SIZE])))
    found = ReferenceFile.objects.kept().filter(project=project).in_bulk(pks)
    return [found[pk] for pk in dict.fromkeys(pks) if pk in found]
