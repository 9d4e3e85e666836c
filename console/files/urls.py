from django.urls import path

from console.files import content_views, views

app_name = "files"
urlpatterns = [
    path("files/", views.index, name="index"),
    path("files/picker/", views.picker, name="picker"),
    path("files/<uuid:pk>/", content_views.content, name="content"),
    path("files/<uuid:pk>/preview/", content_views.preview, name="preview"),
    path("files/<uuid:pk>/card/", views.card, name="card"),
    path("files/<uuid:pk>/removal/", views.removal, name="removal"),
    path("files/<uuid:pk>/restoration/", views.restoration, name="restoration"),
]
