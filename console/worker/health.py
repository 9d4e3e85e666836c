"""Is the process up, is the console ready, and the figures an operator watches."""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from console.chat.models import Turn
from console.jobs.models import Job, Result
from console.keys import canary

# A due job or turn that nobody has touched for this long means that no worker runs.
LATE = timedelta(seconds=120)
WAITING = ("oldest_due_job_seconds", "oldest_due_turn_seconds")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database and keyset answer, migrations are complete and due work is done; else 503 with the reason."""
    try:
        facts = _facts()
        canary.check()
    except canary.WrongKeyset:
        return JsonResponse({"ready": False, "database": "ok", "keyset": "does not open the canary"}, status=503)
    except DatabaseError as error:
        return JsonResponse({"ready": False, "database": type(error).__name__}, status=503)
    ready = facts["migrations_missing"] == 0 and max(facts[late] for late in WAITING) < LATE.total_seconds()
    return JsonResponse({"ready": ready, "database": "ok", "keyset": "ok", **facts}, status=200 if ready else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for a caller with `Authorization: Bearer <CONSOLE_METRICS_TOKEN>`; 404 without a token set."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    jobs = Gauge("console_jobs", "Jobs by state", ["status"], registry=registry)
    for status, count in Job.objects.values_list("status").annotate(Count("id")).order_by():
        jobs.labels(status).set(count)
    for name, value in _facts().items():
        Gauge(f"console_{name}", name.replace("_", " "), registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _facts() -> dict[str, float]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return {
        "migrations_missing": len(missing),
        "oldest_due_job_seconds": _age(Job.objects.due().aggregate(at=Min("next_check_at"))["at"]),
        "oldest_due_turn_seconds": _age(Turn.objects.due().abandoned().aggregate(at=Min("next_check_at"))["at"]),
        "oldest_result_to_collect_seconds": _age(Result.objects.stale().aggregate(at=Min("next_try_at"))["at"]),
    }


def _age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
