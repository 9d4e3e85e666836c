"""The addresses of webhooks: the pages, and the door that Rivya knocks at."""

from django.urls import path

from console.webhooks import action_views, delivery_views, door_views, views

app_name = "webhooks"
urlpatterns = [
    path("hooks/<str:door>/", door_views.knock, name="door"),
    path("webhooks/", views.index, name="index"),
    path("webhooks/new/", views.new, name="new"),
    path("webhooks/<uuid:pk>/", views.show, name="show"),
    path("webhooks/<uuid:pk>/standing/", views.standing, name="standing"),
    path("webhooks/<uuid:pk>/settings/", views.change, name="settings"),
    path("webhooks/<uuid:pk>/deletion/", views.remove, name="deletion"),
    path("webhooks/<uuid:pk>/rotation/", views.turn_secret, name="rotation"),
    path("webhooks/<uuid:pk>/comparison/", delivery_views.comparison, name="comparison"),
    path("webhooks/<uuid:pk>/finish/", action_views.finish, name="finish"),
    path("webhooks/<uuid:pk>/pause/", action_views.pause, name="pause"),
    path("webhooks/<uuid:pk>/resumption/", action_views.resume, name="resumption"),
    path("webhooks/<uuid:pk>/test/", action_views.test, name="test"),
    path("webhooks/deliveries/<uuid:pk>/", delivery_views.show, name="delivery"),
    path("webhooks/deliveries/<uuid:pk>/ring/", delivery_views.ring_again, name="ring"),
]
