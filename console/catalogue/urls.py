"""Where the model catalogue lives. A model's id may hold dots and slashes."""

from django.urls import path

from console.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("models/", views.index, name="index"),
    path("catalogue/reading/", views.refresh, name="refresh"),
    path("models/<path:model_id>/", views.show, name="show"),
]
