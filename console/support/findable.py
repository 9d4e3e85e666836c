"""How each kind of thing is found. Every question is one of an index, or of a table that stays small (teams, people,
keys); what was asked, made, said or uploaded is in none of them, nor a file's name.
"""

from typing import Any

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from console.chat.models import Conversation, Turn
from console.credits.models import Entry
from console.files.models import ReferenceFile
from console.jobs.models import Job
from console.keys.models import Account, Key
from console.support.wanted import Wanted
from console.teams.models import Team, User
from console.webhooks.models import Delivery, Endpoint

MOST_OF_A_QUESTION = 20
# As the index `job_request_id` has it: SQLite sees no literal in a bound value, and would not use the index.
HAS_REQUEST_ID = RawSQL("NOT (jobs_job.request_id = '')", [], output_field=BooleanField())


def jobs(wanted: Wanted) -> "QuerySet[Job]":
    """By our id or its beginning, Rivya's task id, the idempotency key, Rivya's request id."""
    named = [Q(rivya_id=wanted.text), Q(idempotency_key=wanted.text), Q(HAS_REQUEST_ID, request_id=wanted.text)]
    if ids := wanted.ids:
        named.append(Q(pk__range=ids))
    shown = Job.objects.select_related("team").defer("prompt", "params", "body", "error_message")
    return shown.filter(pk__in=_any_of(Job.objects.all(), named)).order_by("-created_at")


def teams(wanted: Wanted) -> "QuerySet[Team]":
    """By name or id."""
    return Team.objects.filter(Q(name__icontains=wanted.text) | Q(pk__in=wanted.whole_ids)).order_by("name")


def people(wanted: Wanted) -> "QuerySet[User]":
    """By a part of the mail address, or id."""
    return User.objects.filter(Q(email__icontains=wanted.text.lower()) | Q(pk__in=wanted.whole_ids)).order_by("email")


def keys(wanted: Wanted) -> "QuerySet[Key]":
    """By name, purpose, the last four characters, fingerprint or id."""
    named = Q(name__icontains=wanted.text) | Q(purpose=wanted.text.lower()) | Q(pk__in=wanted.whole_ids)
    by_secret = Q(secrets__last_four=wanted.text) | Q(secrets__fingerprint=wanted.text.lower())
    found = Key.objects.filter(named | by_secret).distinct().order_by("-created_at")
    return found.select_related("team").prefetch_related("secrets")


def entries(wanted: Wanted) -> "QuerySet[Entry]":
    """By the number of the line, or the id of the job or turn it is for."""
    found = Entry.objects.select_related("team").order_by("-id")
    if wanted.id:
        return found.filter(subject=wanted.id)
    return found.filter(pk=wanted.number) if wanted.number is not None else found.none()


def files(wanted: Wanted) -> "QuerySet[ReferenceFile]":
    """By id."""
    return ReferenceFile.objects.select_related("team").filter(pk__in=wanted.whole_ids)


def conversations(wanted: Wanted) -> "QuerySet[Conversation]":
    """By id or Rivya's session id; the index on sessions begins with the account."""
    accounts = Account.objects.order_by().values("pk")
    named = [Q(pk__in=wanted.whole_ids), Q(account__in=accounts, session_id=wanted.text)]
    return Conversation.objects.select_related("team").filter(pk__in=_any_of(Conversation.objects.all(), named))


def turns(wanted: Wanted) -> "QuerySet[Turn]":
    """By id, Rivya's message id or the idempotency key."""
    named = [Q(pk__in=wanted.whole_ids), Q(rivya_message_id=wanted.text), Q(idempotency_key=wanted.text)]
    shown = Turn.objects.select_related("conversation__team").defer("question", "answer", "body", "controls")
    return shown.filter(pk__in=_any_of(Turn.objects.all(), named)).order_by("-created_at")


def endpoints(wanted: Wanted) -> "QuerySet[Endpoint]":
    """By name, id or Rivya's id; those that were deleted as well, for their log."""
    named = Q(name__icontains=wanted.text) | Q(rivya_id=wanted.text) | Q(pk__in=wanted.whole_ids)
    return Endpoint.objects.select_related("team").filter(named).order_by("-created_at")


def deliveries(wanted: Wanted) -> "QuerySet[Delivery]":
    """By id, Rivya's event id or task id; the indexes on both begin with the endpoint."""
    accepted = {"endpoint__in": Endpoint.objects.order_by().values("pk"), "verdict": Delivery.Verdict.ACCEPTED}
    named = [Q(pk__in=wanted.whole_ids), Q(event_id=wanted.text, **accepted), Q(task_id=wanted.text, **accepted)]
    return Delivery.objects.select_related("team").filter(pk__in=_any_of(Delivery.objects.all(), named))


def _any_of(rows: "QuerySet[Any]", questions: list[Q]) -> set[Any]:
    """Asked one by one, each by its own index: joined by OR, one of them would have the table read."""
    unordered = rows.order_by()
    return {pk for each in questions for pk in unordered.filter(each).values_list("pk", flat=True)[:MOST_OF_A_QUESTION]}
