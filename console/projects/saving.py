"""Make a project, and change what its form holds; each with its line in the audit log."""

from typing import Any

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from console.audit.recording import record
from console.projects.budget_setting import set_budget
from console.projects.forms import NewProjectForm, ProjectForm
from console.projects.models import Project
from console.teams.access import TeamRequest

TRACKED = ("name", "purpose", "default_model")


def make(form: NewProjectForm, request: TeamRequest) -> bool:
    """False, with the error in the form, when somebody took the name since the form looked."""
    form.instance.created_by = request.user
    try:
        with transaction.atomic():
            project = form.save()
            _record("project.created", project, request, before={})
            set_budget(project, form.cleaned_data["monthly_budget"], by=request.user, request=request)
    except IntegrityError:
        form.add_error("name", ProjectForm.TAKEN)
        return False
    return True


def change(project: Project, request: TeamRequest) -> ProjectForm:
    """The form as it was sent, and saved if it is valid.

    The row is held before the form reads it, and the form's own fields are written alone: what others change on other
    pages meanwhile (the budget, the days things are kept, the archive) stays as they left it.
    """
    try:
        with transaction.atomic():
            held = get_object_or_404(Project.objects.select_for_update(no_key=True), pk=project.pk)
            before = _facts(held)
            form = ProjectForm(request.POST, instance=held, team=project.team)
            if form.is_valid():
                held.save(update_fields=list(form.fields))
                _record("project.changed", held, request, before=before)
    except IntegrityError:
        form.add_error("name", ProjectForm.TAKEN)
    return form


def _record(act: str, project: Project, request: TeamRequest, *, before: dict[str, Any]) -> None:
    if before != (after := _facts(project)):
        facts = {"before": before, "after": after}
        record(act, project, team_id=project.team_id, actor=request.user, request=request, **facts)


def _facts(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in TRACKED} | {"key": str(project.key) if project.key else None}
