"""Rivya's live model list, as last read."""

from typing import Any

from django.db import models


class CatalogueModelQuerySet(models.QuerySet["CatalogueModel"]):
    def listed(self) -> "CatalogueModelQuerySet":
        return self.filter(gone_at=None)

    def callable(self) -> "CatalogueModelQuerySet":
        """Models a generation can be submitted to: listed, available, and not chat."""
        return self.listed().filter(api_status="available", category__in=["image", "video", "audio"])


class CatalogueModel(models.Model):
    """One entry of `GET /api/v1/models` (rivya-api.md §2). `raw` is what Rivya sent; the columns are what we filter by."""

    id = models.CharField(primary_key=True, max_length=120)
    display_name = models.CharField(max_length=200)
    category = models.CharField(max_length=32)
    base_credits = models.PositiveIntegerField(null=True)
    billing_type = models.CharField(max_length=32, blank=True)
    api_status = models.CharField(max_length=32)
    api_input_status = models.CharField(max_length=64, blank=True)
    max_prompt_length = models.PositiveIntegerField(null=True)
    raw = models.JSONField(default=dict)
    schema_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = CatalogueModelQuerySet.as_manager()

    class Meta:
        ordering = ["category", "display_name"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_callable(self) -> bool:
        return self.gone_at is None and self.api_status == "available" and self.category in {"image", "video", "audio"}

    @property
    def params(self) -> list[dict[str, Any]]:
        """The parameters as Rivya described them; anything that is not an object with a `key` is left out."""
        found = self.raw.get("params")
        return (
            [item for item in found if isinstance(item, dict) and isinstance(item.get("key"), str)]
            if isinstance(found, list)
            else []
        )


class CatalogueRefresh(models.Model):
    """The one row that says when the list was last read, and how that went."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    read_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"catalogue read at {self.read_at}"
