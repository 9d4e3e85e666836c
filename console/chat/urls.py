from django.urls import URLPattern, URLResolver, path

from console.chat import action_views, asking_views, exporting, listening_views, views

app_name = "chat"
urlpatterns: list[URLPattern | URLResolver] = [
    path("chat/", asking_views.collection, name="index"),
    path("chat/new/", asking_views.new, name="new"),
    path("chat/<uuid:pk>/", views.show, name="show"),
    path("chat/<uuid:pk>/turns/", asking_views.turns, name="turns"),
    path("chat/<uuid:pk>/title/", action_views.title, name="title"),
    path("chat/<uuid:pk>/archive/", action_views.archive, name="archive"),
    path("chat/<uuid:pk>/export.<str:form>", exporting.export, name="export"),
    path("chat/turns/<uuid:pk>/", views.turn, name="turn"),
    path("chat/turns/<uuid:pk>/stream/", listening_views.stream, name="stream"),
    path("chat/turns/<uuid:pk>/stop/", action_views.stop, name="stop"),
    path("chat/turns/<uuid:pk>/retry/", asking_views.retry, name="retry"),
    path("chat/turns/<uuid:pk>/resolution/", action_views.resolution, name="resolution"),
    path("keys/<uuid:pk>/chats/", views.using_key, name="using_key"),
]
