"""The ledger, for looking."""

from django.contrib import admin

from console.credits.models import Budget, Entry
from console.ui.admin import LookOnly


@admin.register(Entry)
class EntryAdmin(LookOnly):
    """What a person wrote to explain a correction stays closed."""

    list_display = ("at", "team", "project", "kind", "credits", "subject_kind", "subject", "model", "person")
    list_filter = ("kind", "media_kind", "month")
    fields = (
        *("id", "at", "rivya_at", "team", "project", "account", "key", "person", "kind", "credits", "outcome"),
        *("subject_kind", "subject", "model", "media_kind", "day", "month", "reason_length"),
    )
    readonly_fields = ("reason_length",)
    search_fields = ("subject", "model", "project__name", "team__name")
    list_select_related = ("team", "project", "person")

    @admin.display(description="reason")
    def reason_length(self, entry: Entry) -> str:
        """How long it is; what it says is the team's own."""
        return f"{len(entry.reason)} characters, closed" if entry.reason else "none"


@admin.register(Budget)
class BudgetAdmin(LookOnly):
    """What is spent and held, project by project and month by month."""

    list_display = ("project", "team", "month", "committed", "raised", "alerted")
    fields = ("project", "team", "month", "committed", "raised", "alerted")
    readonly_fields = ("team",)
    list_select_related = ("project__team",)

    @admin.display(description="team")
    def team(self, budget: Budget) -> str:
        """Whose it is."""
        return str(budget.project.team)
