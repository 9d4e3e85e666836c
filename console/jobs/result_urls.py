"""Addresses of results' bytes."""

from django.urls import path

from console.jobs import lending, result_views

result_urls = [
    path("results/<uuid:pk>/", result_views.show, name="result"),
    path("results/<uuid:pk>/download/", result_views.download, name="result_download"),
    path("results/<uuid:pk>/preview/", result_views.preview, name="result_preview"),
    path("results/<uuid:pk>/reference/", lending.lend, name="result_reference"),
]
urlpatterns = result_urls
