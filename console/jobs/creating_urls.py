"""Where a job is asked for. The POST that makes it goes to the collection, `/jobs/`."""

from django.urls import path

from console.jobs import creating_views

urlpatterns = [
    path("jobs/new/", creating_views.new, name="new"),
    path("jobs/new/quote/", creating_views.quoted, name="quote"),
]
