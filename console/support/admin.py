"""Every opening of every team, to look at."""

from django.contrib import admin

from console.support.models import Opening
from console.ui.admin import LookOnly


@admin.register(Opening)
class OpeningAdmin(LookOnly):
    """The reason is said to the team; other staff may read it too."""

    list_display = ("created_at", "team", "staff", "reason", "until", "ended_at", "ended_by")
    fields = ("team", "staff", "reason", "created_at", "until", "ended_at", "ended_by")
    search_fields = ("team__name", "staff__email")
    list_select_related = ("team", "staff", "ended_by")
    show_full_result_count = False
