"""How long a model usually takes: the middle of the team's last finished jobs with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from uuid import UUID

from django.db import connection

from console.jobs.models import Job

LAST_JOBS = 15

# One walk down the index of each model, all in one query.
_OF_ONE_MODEL = """
SELECT * FROM (
    SELECT model, created_at, finished_at FROM jobs_job
    WHERE team_id = %s AND model = %s AND status = 'succeeded' AND finished_at IS NOT NULL
    ORDER BY created_at DESC LIMIT %s
) AS latest
"""


def usual_seconds(team_id: UUID, models: Iterable[str]) -> Mapping[str, float]:
    """Seconds from the click to the end, by model; a model that has never finished a job here is left out."""
    wanted = sorted(set(models))
    if not wanted:
        return {}
    team = Job._meta.get_field("team").get_db_prep_value(team_id, connection)
    parameters = [value for model in wanted for value in (team, model, LAST_JOBS)]
    lengths: dict[str, list[float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_OF_ONE_MODEL] * len(wanted)), parameters)
        for model, began, ended in cursor.fetchall():
            lengths.setdefault(model, []).append((_moment(ended) - _moment(began)).total_seconds())
    return {model: median(found) for model, found in lengths.items()}


def _moment(value: datetime | str) -> datetime:
    """SQLite hands times out as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
