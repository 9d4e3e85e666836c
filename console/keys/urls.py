"""The addresses of keys."""

from django.urls import path

from console.keys import account_views, views

app_name = "keys"
urlpatterns = [
    path("keys/", views.index, name="index"),
    path("keys/new/", views.new, name="new"),
    path("keys/<uuid:pk>/", views.show, name="show"),
    path("keys/<uuid:pk>/card/", views.card, name="card"),
    path("keys/<uuid:pk>/check/", views.check, name="check"),
    path("keys/<uuid:pk>/replacement/", views.replace, name="replace"),
    path("keys/<uuid:pk>/overlap-end/", views.end_overlap, name="end_overlap"),
    path("keys/<uuid:pk>/retirement/", views.retire, name="retire"),
    path("keys/accounts/<uuid:pk>/", account_views.edit, name="account"),
    path("keys/accounts/<uuid:pk>/joining/", account_views.join, name="join"),
]
