"""Keep the causes: each job that failed is counted once, by what its `Failure` row says was counted of it before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from console.failures.finding import Finding, find
from console.failures.models import Cause, Changed, Failure
from console.failures.returning import bring_back
from console.failures.summing import move_days, move_shares
from console.jobs.models import Job
from console.live.publishing import SEVERAL, publish

BATCH: Final = 500
MOST_BATCHES: Final = 20  # then the worker looks at its clock again


def group_failures() -> bool:
    """Count what changed, oldest first, and what has become a failure by the clock; any number of workers may."""
    seen = 0
    for _ in range(MOST_BATCHES):
        found = _group_changed() if Changed.objects.exists() else 0  # cheap, and takes no write lock on SQLite
        seen += found
        if found < BATCH:
            break
    return bool(seen + _group_ripe())


def _group_changed() -> int:
    with transaction.atomic():
        free = Changed.objects.order_by("id").select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        chosen = list(free.values_list("id", "job_id")[:BATCH])
        count({job_id for _, job_id in chosen})
        Changed.objects.filter(pk__in=[pk for pk, _ in chosen]).delete()
    return len(chosen)


def _group_ripe() -> int:
    ripe = Failure.objects.filter(cause=None, ripens_at__lte=timezone.now())
    chosen = list(ripe.values_list("pk", flat=True)[:BATCH])
    if chosen:
        with transaction.atomic():
            count(chosen)
    return len(chosen)


def count(job_ids: Iterable[UUID]) -> None:
    """Bring the sums to what these jobs are now, inside the transaction of the caller."""
    ids = sorted(job_ids)
    # Two workers that were told of the same job follow each other: the second must see what the first has counted.
    list(Job.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    before = Failure.objects.in_bulk(ids)
    after = find(ids)
    causes = _causes(finding for finding in after.values() if finding.ripens_at is None)
    counted = {pk: _row(finding, causes.get(finding.key)) for pk, finding in after.items()}
    sums = _Sums()
    for failure in before.values():
        sums.add(failure, -1)
    for failure in counted.values():
        sums.add(failure, 1)
    _keep(before, counted)
    sums.write()
    _tell(sums, before, counted)


@dataclass
class _Sums:
    """By how much each sum moves."""

    causes: dict[UUID, Counter[str]] = field(default_factory=dict)
    days: Counter[tuple[UUID, date]] = field(default_factory=Counter)
    shares: Counter[tuple[UUID, UUID, UUID]] = field(default_factory=Counter)

    def add(self, failure: Failure, sign: int) -> None:
        if failure.cause_id is None:
            return
        moved = self.causes.setdefault(failure.cause_id, Counter())
        moved["count"] += sign
        moved["charged"] += sign * failure.charged
        moved["returned"] += sign * failure.returned
        self.days[failure.cause_id, failure.day] += sign
        self.shares[failure.cause_id, failure.project_id, failure.person_id] += sign

    def write(self) -> None:
        """In one order, whoever writes: two workers must not wait for each other crosswise."""
        for cause_id in sorted(self.causes):
            failures = Failure.objects.filter(cause_id=cause_id).values_list("failed_at", flat=True)
            by = {name: F(name) + change for name, change in self.causes[cause_id].items() if change}
            Cause.objects.select_for_update(no_key=True).get(pk=cause_id)
            first, last = failures.order_by("failed_at", "id").first(), failures.order_by("-failed_at", "-id").first()
            Cause.objects.filter(pk=cause_id).update(first_seen_at=first, last_seen_at=last, **by)
        move_days(self.days)
        move_shares(self.shares)


def _causes(findings: Iterable[Finding]) -> Mapping[tuple[UUID, str, str, str], UUID]:
    """The cause of each kind of failure, made where it is new."""
    wanted = {finding.key: finding.model_name for finding in findings}
    told = [
        Cause(team_id=t, code=c, model=m, message=w, model_name=wanted[t, c, m, w]) for t, c, m, w in sorted(wanted)
    ]
    known = _known(wanted)
    Cause.objects.bulk_create([each for each in told if _key(each) not in known], ignore_conflicts=True)
    return known if len(known) == len(wanted) else _known(wanted)


def _known(wanted: Mapping[tuple[UUID, str, str, str], str]) -> dict[tuple[UUID, str, str, str], UUID]:
    teams, codes, models, messages = (set(part) for part in zip(*wanted, strict=True)) if wanted else [set()] * 4
    alike = Cause.objects.filter(team_id__in=teams, code__in=codes, model__in=models, message__in=messages)
    named = ("team_id", "code", "model", "message")
    return {_key(cause): cause.pk for cause in alike.only(*named) if _key(cause) in wanted}


def _key(cause: Cause) -> tuple[UUID, str, str, str]:
    return cause.team_id, cause.code, cause.model, cause.message


def _row(finding: Finding, cause_id: UUID | None) -> Failure:
    names = ("failed_at", "day", "project_id", "person_id", "charged", "returned", "ripens_at")
    told: dict[str, Any] = {name: getattr(finding, name) for name in names}
    return Failure(id=finding.job_id, job_id=finding.job_id, cause_id=cause_id, **told)


def _keep(before: Mapping[UUID, Failure], counted: Mapping[UUID, Failure]) -> None:
    Failure.objects.filter(pk__in=before.keys() - counted.keys()).delete()
    changing = ["cause", "failed_at", "day", "project_id", "person_id", "charged", "returned", "ripens_at"]
    Failure.objects.bulk_update([counted[pk] for pk in before.keys() & counted.keys()], changing, batch_size=BATCH)
    Failure.objects.bulk_create(counted[pk] for pk in sorted(counted.keys() - before.keys()))


def _tell(sums: _Sums, before: Mapping[UUID, Failure], counted: Mapping[UUID, Failure]) -> None:
    """Bring back what people had closed, and tell the open pages."""
    new: dict[UUID, datetime] = {}
    for pk, failure in counted.items():
        if failure.cause_id and (pk not in before or before[pk].cause_id != failure.cause_id):
            new[failure.cause_id] = max(failure.failed_at, new.get(failure.cause_id, failure.failed_at))
    for cause_id in sorted(new):
        bring_back(cause_id, new[cause_id])
    for team_id in sorted(set(Cause.objects.filter(pk__in=sums.causes).values_list("team_id", flat=True))):
        publish(team_id, "failures", project_id=SEVERAL)
