from django.urls import path

from console.teams import second_step_rule_views, settings_views, views

app_name = "teams"
urlpatterns = [
    path("team/", settings_views.settings, name="settings"),
    path("team/second-step/", second_step_rule_views.rule, name="second_step"),
    path("teams/<uuid:pk>/second-step/", second_step_rule_views.needed, name="second_step_needed"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/role/", views.change_role, name="change_role"),
    path("people/<uuid:pk>/removal/", views.remove, name="remove"),
    path("teams/none/", views.none, name="none"),
    path("teams/<uuid:pk>/switch/", views.switch, name="switch"),
]
