"""Rivya's live model list, as last read."""

from datetime import datetime
from typing import Any

from django.db import models

from console.catalogue.parameters import Parameter, parameters_of
from console.catalogue.references import ReferenceRules, rules_of

MEDIA_KINDS = ("image", "video", "audio")


class CatalogueModelQuerySet(models.QuerySet["CatalogueModel"]):
    """Models, by what can be done with them."""

    def listed(self) -> "CatalogueModelQuerySet":
        """What Rivya named the last time it was asked."""
        return self.filter(gone_at=None)

    def callable(self) -> "CatalogueModelQuerySet":
        """Models a generation can be submitted to: listed, available, and not chat."""
        return self.listed().filter(api_status="available", category__in=MEDIA_KINDS)


class CatalogueModel(models.Model):
    """One entry of `GET /api/v1/models` (rivya-api.md §2): `raw` is what Rivya sent, the columns what we filter by."""

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
        """Whether a job can be made with it."""
        return self.gone_at is None and self.api_status == "available" and self.category in MEDIA_KINDS

    @property
    def is_chat(self) -> bool:
        return self.category == "chat"

    @property
    def is_priced_exactly(self) -> bool:
        """Whether `base_credits` is the price of a default run, not an estimate (rivya-api.md §2, billing types)."""
        return self.billing_type == "FIXED"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters as far as they can be understood; empty when Rivya sent none."""
        return parameters_of(self.raw)

    @property
    def references(self) -> ReferenceRules:
        """Which reference files it takes."""
        return rules_of(self.raw)

    @property
    def prompt_is_required(self) -> bool:
        """False when Rivya says so, takes no text, or builds the prompt from a dialogue (rivya-api.md §3.3)."""
        inputs = self.raw.get("supported_api_inputs")
        takes_text = "text" in inputs if isinstance(inputs, list) and inputs else True
        from_dialogue = any(parameter.key == "dialogue" and parameter.required for parameter in self.parameters)
        return takes_text and not from_dialogue and self.raw.get("prompt_required") is not False

    @property
    def notices(self) -> list[str]:
        """Rivya's remarks; anything but text is left out (rivya-api.md A9)."""
        found = self.raw.get("notices")
        return [item for item in found if isinstance(item, str) and item.strip()] if isinstance(found, list) else []

    @property
    def modes(self) -> list[str]:
        found: Any = self.raw.get("supported_modes")
        return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


class CatalogueRefresh(models.Model):
    """The one row that says when the list was last read, and how that went."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    read_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"catalogue read at {self.read_at}"

    @classmethod
    def current(cls) -> "CatalogueRefresh":
        """The row, made on first use."""
        return cls.objects.get_or_create(pk=1)[0]

    @property
    def since(self) -> datetime | None:
        """How long the list has been as it is: the moment of the last good read."""
        return self.read_at
