from django.urls import URLPattern, URLResolver, include, path

from console.jobs import (
    action_views,
    creating_views,
    evidence_views,
    exporting,
    guide_views,
    list_views,
    looking,
    spending,
    views,
)

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", creating_views.collection, name="index"),
    path("jobs/export.csv", exporting.export, name="export"),
    path("jobs/spend/", spending.month, name="spend"),
    path("jobs/unopened/", looking.unopened, name="unopened"),
    path("start/", guide_views.start, name="start"),
    path("start/progress/", guide_views.progress, name="start_progress"),
    path("start/dismissal/", guide_views.dismiss, name="start_dismissal"),
    path("", include("console.jobs.creating_urls")),
    path("", include("console.jobs.result_urls")),
    path("jobs/<uuid:pk>/", views.show, name="show"),
    path("jobs/<uuid:pk>/card/", list_views.card, name="card"),
    path("jobs/<uuid:pk>/row/", list_views.row, name="row"),
    path("jobs/<uuid:pk>/face/", views.face, name="face"),
    path("jobs/<uuid:pk>/timeline/", views.timeline, name="timeline"),
    path("jobs/<uuid:pk>/withdrawal/", action_views.withdrawal, name="withdrawal"),
    path("jobs/<uuid:pk>/check/", action_views.ask_now, name="check"),
    path("jobs/<uuid:pk>/resolution/", action_views.resolution, name="resolution"),
    path("jobs/<uuid:pk>/reading/", evidence_views.reading, name="reading"),
    path("jobs/<uuid:pk>/bundle/", evidence_views.bundle, name="bundle"),
    path("jobs/<uuid:pk>/code/", evidence_views.code, name="code"),
    path("keys/<uuid:pk>/jobs/", list_views.using_key, name="using_key"),
    path("projects/<uuid:pk>/latest/", list_views.latest, name="latest"),
]
