"""The table of contents."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from console.jobs.home import home
from console.teams import audit_views
from console.teams.streaming import stream
from console.worker import health

# People sign in at one door, the one that counts failed tries; the others lead there, so that each act has its line.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.logout = account.logout  # type: ignore[method-assign]
admin.site.password_change = account.password_change  # type: ignore[method-assign]

handler500 = "console.ui.problem_views.unexpected"
handler429 = "console.ui.problem_views.too_many"  # asked by allauth

urlpatterns = [
    path("", home, name="home"),
    path("", include("console.jobs.urls")),
    path("", include("console.chat.urls")),
    path("", include("console.files.urls")),
    path("", include("console.catalogue.urls")),
    path("", include("console.credits.urls")),
    path("", include("console.projects.urls")),
    path("", include("console.keys.urls")),
    path("", include("console.webhooks.urls")),
    path("", include("console.notices.urls")),
    path("", include("console.failures.urls")),
    path("", include("console.retention.urls")),
    path("", include("console.teams.urls")),
    path("", include("console.support.urls")),
    path("audit/", include((audit_views.urls, "audit"))),
    path("live/", include(([path("", stream, name="stream")], "live"))),
    path("account/", include("console.teams.account_urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
