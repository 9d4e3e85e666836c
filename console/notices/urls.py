from django.urls import path

from console.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.index, name="index"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/reading/", views.reading, name="reading"),
    path("notices/mail/", views.mail, name="mail"),
    path("notices/<uuid:pk>/", views.show, name="show"),
]
