from django.urls import path

from console.support import team_views

app_name = "support"
urlpatterns = [
    path("team/support/", team_views.index, name="index"),
    path("team/support/<uuid:pk>/end/", team_views.end_opening, name="end"),
]
