from django.urls import path

from console.teams import settings_views, views

app_name = "teams"
urlpatterns = [
    path("team/", settings_views.settings, name="settings"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/role/", views.change_role, name="change_role"),
    path("people/<uuid:pk>/removal/", views.remove, name="remove"),
    path("teams/none/", views.none, name="none"),
    path("teams/<uuid:pk>/switch/", views.switch, name="switch"),
]
