"""What the worker does by the clock, besides following jobs: ordered plain functions, each safe to do twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from console.catalogue.refreshing import refresh_if_due
from console.credits.alerting import alert_budgets
from console.credits.interval_thinning import thin_intervals
from console.credits.reconciling import reconcile_wallets
from console.credits.rolling import roll_up
from console.credits.sampling import sample_wallets, thin_samples
from console.engine.forgetting import forget_what_ran_out
from console.engine.rationing import forget_full
from console.failures.carrying import carry_retries
from console.failures.grouping import group_failures
from console.jobs.collecting import enqueue_stale
from console.jobs.submission import put_lapsed_before_a_person
from console.live.models import Event
from console.notices.mailing import mail_notices
from console.retention.demo import clear_removed_teams
from console.retention.removed_files import forget_removed_files
from console.retention.sweeping import sweep_projects
from console.webhooks.pruning import prune_deliveries
from console.webhooks.ringing import ring_late, ring_very_late
from console.webhooks.silence import watch_silence


@dataclass(frozen=True)
class Duty:
    """`run` returns whether it found work to do."""

    run: Callable[[], bool]
    every_seconds: float


def prune_events() -> bool:
    """Forget live events that no page will ask for any more."""
    gone, _ = Event.objects.filter(at__lt=timezone.now() - timedelta(hours=1)).delete()
    return gone > 0


def forget_full_rations() -> bool:
    """Forget who took something long ago: their rations are full again."""
    return forget_full() > 0


DUTIES = (
    Duty(put_lapsed_before_a_person, every_seconds=15),
    Duty(refresh_if_due, every_seconds=15),
    Duty(alert_budgets, every_seconds=5),
    Duty(enqueue_stale, every_seconds=5),
    Duty(mail_notices, every_seconds=10),
    Duty(sample_wallets, every_seconds=5),
    Duty(reconcile_wallets, every_seconds=5),
    Duty(thin_samples, every_seconds=3600),
    Duty(thin_intervals, every_seconds=3600),
    Duty(roll_up, every_seconds=3),
    Duty(group_failures, every_seconds=1),
    Duty(carry_retries, every_seconds=0.5),
    Duty(prune_events, every_seconds=300),
    Duty(forget_full_rations, every_seconds=3600),
    Duty(forget_what_ran_out, every_seconds=60),
    Duty(ring_late, every_seconds=0.5),
    Duty(ring_very_late, every_seconds=60),
    Duty(watch_silence, every_seconds=30),
    Duty(prune_deliveries, every_seconds=600),
    Duty(sweep_projects, every_seconds=2),
    Duty(forget_removed_files, every_seconds=600),
    Duty(clear_removed_teams, every_seconds=5),
)
