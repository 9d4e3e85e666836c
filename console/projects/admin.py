"""Projects, for looking. What a team wrote about one is its own."""

from django.contrib import admin

from console.projects.models import Project
from console.ui.admin import LookOnly


@admin.register(Project)
class ProjectAdmin(LookOnly):
    """By their names: support is told them."""

    list_display = ("name", "team", "key", "monthly_budget", "created_at", "archived_at")
    fields = (
        *("id", "name", "team", "key", "default_model", "monthly_budget", "may_overrun"),
        *("created_by", "created_at", "archived_at"),
    )
    search_fields = ("name", "id")
    list_select_related = ("team", "key")
