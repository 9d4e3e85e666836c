"""Discrete work on jobs. Arguments are ids; each can run twice without harm; the rows say what is still to do."""

from uuid import UUID

from django_tasks import task


@task()
def collect_result(result_id: str) -> None:
    """Bring one result home (`collecting.collect`)."""
    from console.jobs.collecting import collect  # the task's module is imported by what collecting imports

    collect(UUID(result_id))
