"""The evidence: everything that happened to a job, each with its time and its source."""

from django.db import models

from console.jobs.models.job import Job


class Step(models.Model):
    """One thing that happened. Equal reads in a row are one step, counted, with the last time."""

    class Source(models.TextChoices):
        PERSON = "person", "Person"
        CONSOLE = "console", "Console"
        RIVYA = "rivya", "Rivya"
        LEDGER = "ledger", "Ledger"

    class Kind(models.TextChoices):
        CREATED = "created", "Asked for"
        RESERVED = "reserved", "Credits reserved"
        SENT = "sent", "Sent to Rivya"
        ACCEPTED = "accepted", "Accepted by Rivya"
        NOT_ACCEPTED = "not_accepted", "Not accepted"
        NO_ANSWER = "no_answer", "No clear answer"
        READ = "read", "Read from Rivya"
        READ_FAILED = "read_failed", "Could not be read"
        STATE = "state", "State changed"
        SETTLED = "settled", "Credits charged"
        RELEASED = "released", "Credits released"
        COLLECTED = "collected", "Result brought home"
        NOT_COLLECTED = "not_collected", "Result not collected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        RESOLVED = "resolved", "Resolved by a person"
        CHECKED = "checked", "Checked on request"
        REMOVED = "removed", "Results removed"
        WEBHOOK = "webhook", "Webhook from Rivya"

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=8, choices=Source.choices)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    note = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)  # status, request_id, milliseconds, attempt: never a body or an address

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.note}"
