"""A job's place in the text index."""

from django.db import models

from console.jobs.models.job import Job


class SearchEntry(models.Model):
    """One row a job, in the order in which jobs were written down. Database triggers make it and index the words.

    On SQLite `id` is the row of the full-text table `jobs_words`; on PostgreSQL the row has a tsvector `document` (see
    the migration `search`). Jobs are found by `console.jobs.searching`, never through this model.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="search_entry")

    def __str__(self) -> str:
        return f"words of {self.job_id}"
