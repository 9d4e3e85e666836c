"""Admin is for looking: nothing is added, changed or deleted there."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

LONGEST_SEARCH = 200  # characters; SQLite refuses a pattern of more than 50,000 bytes


class LookOnly(admin.ModelAdmin[Any]):
    """A read-only admin page for all staff. `list_display` and `fields` name what may be seen: both must be given,
    since a field that nobody names would be shown.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    # Lookups in links of other pages to this list, beside those of `list_filter`.
    linked: ClassVar[tuple[str, ...]] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the page offers. Django allows any field of a row: closed ones could be guessed by the letter."""
        return lookup in self.linked or lookup.partition("__")[0] in self.list_filter

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A number or a day that no column holds is answered as Django answers every filter that makes no sense."""
        try:
            return super().changelist_view(request, extra_context)
        except (OverflowError, DataError):
            return HttpResponseRedirect(f"{request.path}?e=1")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Django asks for a field of no name, too, and fails to find it."""
        return super().get_object(request, object_id, from_field or None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
