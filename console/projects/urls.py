from django.urls import path

from console.projects import inviting_views, joining_views, member_views, people_views, views

app_name = "projects"
urlpatterns = [
    path("projects/", views.index, name="index"),
    path("projects/new/", views.new, name="new"),
    path("projects/<uuid:pk>/", views.show, name="show"),
    path("projects/<uuid:pk>/settings/", views.edit, name="edit"),
    path("projects/<uuid:pk>/archive/", views.archive, name="archive"),
    path("people/invitations/", inviting_views.invite, name="invite"),
    path("people/<uuid:pk>/projects/", member_views.member, name="member"),
    path("join/", joining_views.join, name="join"),
    path("join/<str:token>/", joining_views.follow, name="follow"),
    path("projects/<uuid:pk>/people/", people_views.people, name="people"),
    path("keys/<uuid:pk>/projects/", views.using_key, name="using_key"),
]
