"""What may be taken only so often, counted where every process sees it."""

from typing import ClassVar

from django.db import models


class Ration(models.Model):
    """One kind of thing for one taker. Full again at `full_at_ms`; taking one moves that moment on."""

    name = models.CharField(max_length=100, primary_key=True)
    full_at_ms = models.BigIntegerField(db_comment="Milliseconds since 1970.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["full_at_ms"], name="ration_full")]

    def __str__(self) -> str:
        return self.name
