from django.urls import path

from console.failures import cause_views, retry_views, saved_views, views

app_name = "failures"
urlpatterns = [
    path("failures/", views.index, name="index"),
    path("failures/count/", views.count, name="count"),
    path("failures/asking/", views.asking, name="asking"),
    path("failures/views/", saved_views.create, name="save_view"),
    path("failures/views/<uuid:pk>/removal/", saved_views.removal, name="remove_view"),
    path("failures/retries/<uuid:pk>/", retry_views.show, name="retry"),
    path("failures/retries/<uuid:pk>/progress/", retry_views.progress, name="retry_progress"),
    path("failures/retries/<uuid:pk>/start/", retry_views.start, name="start_retry"),
    path("failures/retries/<uuid:pk>/stop/", retry_views.stop, name="stop_retry"),
    path("failures/jobs/<uuid:pk>/", cause_views.of_job, name="of_job"),
    path("failures/<uuid:pk>/", cause_views.show, name="show"),
    path("failures/<uuid:pk>/notes/", cause_views.notes, name="notes"),
    path("failures/<uuid:pk>/assignment/", cause_views.assignment, name="assignment"),
    path("failures/<uuid:pk>/resolution/", cause_views.resolution, name="resolution"),
    path("failures/<uuid:pk>/ignoring/", cause_views.ignoring, name="ignoring"),
    path("failures/<uuid:pk>/reopening/", cause_views.reopening, name="reopening"),
    path("failures/<uuid:pk>/retries/", retry_views.create, name="retries"),
]
