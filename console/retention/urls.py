from django.urls import path

from console.retention import views

app_name = "retention"
urlpatterns = [
    path("projects/<uuid:pk>/retention/", views.project, name="project"),
    path("projects/retention/", views.projects, name="projects"),
    path("team/removal/", views.demo, name="demo"),
]
