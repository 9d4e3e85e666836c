"""A project's month."""

import uuid

from django.db import models

from console.projects.models import Project


class Budget(models.Model):
    """`committed` = charged + held of that month; changed only in the transaction of an Entry.

    `raised` is what was approved on top of the project's monthly budget, for this month alone. `alerted` is the highest
    share of the limit `alerted_of`, in percent, that people were told of: of another limit they were told nothing yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budgets")
    month = models.DateField()
    committed = models.IntegerField(default=0)
    raised = models.PositiveIntegerField(default=0)
    alerted = models.PositiveSmallIntegerField(default=0)
    alerted_of = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "month"], name="one_budget_a_month")]

    def __str__(self) -> str:
        return f"{self.project} {self.month:%Y-%m}"
