from django.urls import path

from console.teams import invitation_views, member_views, second_step_rule_views, settings_views, views

app_name = "teams"
urlpatterns = [
    path("team/", settings_views.settings, name="settings"),
    path("team/second-step/", second_step_rule_views.rule, name="second_step"),
    path("teams/<uuid:pk>/second-step/", second_step_rule_views.needed, name="second_step_needed"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/role/", member_views.change_role, name="change_role"),
    path("people/<uuid:pk>/ownership/", member_views.transfer, name="transfer"),
    path("people/<uuid:pk>/suspension/", member_views.suspend, name="suspend"),
    path("people/<uuid:pk>/reinstatement/", member_views.reinstate, name="reinstate"),
    path("people/<uuid:pk>/removal/", member_views.remove, name="remove"),
    path("people/invitations/<uuid:pk>/sending/", invitation_views.send_again, name="send_again"),
    path("people/invitations/<uuid:pk>/revocation/", invitation_views.revoke, name="revoke"),
    path("teams/none/", views.none, name="none"),
    path("teams/none/team/", views.begin, name="begin"),
    path("teams/<uuid:pk>/switch/", views.switch, name="switch"),
]
