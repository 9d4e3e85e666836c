"""Causes of failures, the failures each is made of, and what people do about them."""

from console.failures.models.cause import Cause, CauseDay, CauseQuerySet, CauseShare, carers
from console.failures.models.failure import Changed, Failure
from console.failures.models.note import Note
from console.failures.models.retry import Bulk, BulkItem, BulkQuerySet
from console.failures.models.saved_view import SavedView

__all__ = [
    "Bulk",
    "BulkItem",
    "BulkQuerySet",
    "Cause",
    "CauseDay",
    "CauseQuerySet",
    "CauseShare",
    "Changed",
    "Failure",
    "Note",
    "SavedView",
    "carers",
]
