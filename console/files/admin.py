"""Reference files for support: what kind and how large. Names and bytes are the team's own."""

from django.contrib import admin

from console.files.models import ReferenceFile
from console.ui.admin import LookOnly


@admin.register(ReferenceFile)
class ReferenceFileAdmin(LookOnly):
    """Found by whole ids, through the search of the site."""

    list_display = ("id", "team", "kind", "size_bytes", "created_at", "removed_at")
    list_filter = ("kind",)
    list_select_related = ("team",)
    fields = (
        *("id", "team", "project", "kind", "mime_type", "size_bytes", "width", "height", "duration_seconds"),
        *("added_by", "created_at", "removed_at", "name_length"),
    )
    readonly_fields = ("name_length",)

    @admin.display(description="name")
    def name_length(self, file: ReferenceFile) -> str:
        """How long it is; what it says is the team's own."""
        return f"{len(file.name)} characters, closed"
