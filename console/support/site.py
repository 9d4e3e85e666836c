"""The admin site of the support staff: the models' own pages, and what is asked across teams."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.http import require_http_methods


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the side bar."""

    label: str
    icon: str
    url: str
    is_current: bool


_PLACES: Final = (
    ("Find", "search", "admin:index"),
    ("Failed jobs", "triangle-alert", "admin:failed"),
    ("Opened teams", "eye", "admin:openings"),
)
_LISTS: Final = (
    ("Teams", "users", "admin:teams_team_changelist"),
    ("People", "user", "admin:teams_user_changelist"),
    ("Members", "user-plus", "admin:teams_membership_changelist"),
    ("Projects", "layers", "admin:projects_project_changelist"),
    ("Keys", "key-round", "admin:keys_key_changelist"),
    ("Accounts", "wallet", "admin:keys_account_changelist"),
    ("Jobs", "images", "admin:jobs_job_changelist"),
    ("Chats", "message-square", "admin:chat_conversation_changelist"),
    ("Files", "folder-open", "admin:files_referencefile_changelist"),
    ("Endpoints", "webhook", "admin:webhooks_endpoint_changelist"),
    ("Deliveries", "bell", "admin:webhooks_delivery_changelist"),
    ("Ledger", "coins", "admin:credits_entry_changelist"),
    ("Audit", "scroll-text", "admin:audit_auditevent_changelist"),
)


class SupportSite(AdminSite):
    """Everything in it is for staff: `admin_view` sends everybody else to the sign-in page."""

    site_title = site_header = "Support"
    index_title = "Find anything"
    enable_nav_sidebar = False

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Django's own pages take any method for reading. The staff's door comes before the refusal."""
        taken = require_http_methods(["GET", "HEAD", "POST"])(view)
        return super().admin_view(taken, cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages first. Their names begin with `admin:`, as all of the site's do."""
        # Written here: this module is read before there are models.
        from console.support import (
            content_views,
            failed_views,
            job_views,
            opening_views,
            search_views,
            viewing_views,
        )

        ours: list[tuple[str, Callable[..., Any], str]] = [
            ("search/", search_views.search, "search"),
            ("failed/", failed_views.index, "failed"),
            ("openings/", opening_views.collection, "openings"),
            ("openings/new/", opening_views.new, "open"),
            ("openings/<uuid:pk>/end/", opening_views.close, "opening_end"),
            ("viewing/", viewing_views.start, "viewing"),
            ("viewing/end/", viewing_views.stop, "viewing_end"),
            ("content/jobs/<uuid:pk>/", content_views.job, "content_job"),
            ("content/results/<uuid:pk>/", content_views.result, "content_result"),
            ("content/results/<uuid:pk>/preview/", content_views.result_preview, "content_result_preview"),
            ("content/conversations/<uuid:pk>/", content_views.conversation, "content_conversation"),
            ("content/files/<uuid:pk>/", content_views.file, "content_file"),
            ("content/files/<uuid:pk>/bytes/", content_views.file_bytes, "content_file_bytes"),
            ("content/files/<uuid:pk>/preview/", content_views.file_preview, "content_file_preview"),
            ("jobs/<uuid:pk>/check/", job_views.check_now, "job_check"),
            ("jobs/<uuid:pk>/retry/", job_views.retry_now, "job_retry"),
        ]
        own = [path(route, self.admin_view(view), name=name) for route, view, name in ours]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the side bar, and the teams that are open to whoever asks."""
        from console.support.models import Opening  # as above

        openings = Opening.objects.held_by(request.user).select_related("team")
        return {
            **super().each_context(request),
            "places": [_place(request, *entry) for entry in _PLACES],
            "lists": [_place(request, *entry) for entry in _LISTS],
            "my_openings": list(openings) if self.has_permission(request) else [],
        }


def _place(request: HttpRequest, label: str, icon: str, route: str) -> Place:
    url = reverse(route)
    is_current = request.path == url or (route != "admin:index" and request.path.startswith(url))
    return Place(label, icon, url, is_current)
