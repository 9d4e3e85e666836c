"""What just changed: small rows that open pages follow."""

from django.db import models


class Event(models.Model):
    """A change in a team's rows. `name` is the browser's event name, such as `job-<uuid>`; pruned after an hour."""

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    project_id = models.UUIDField(null=True)  # whose project it is about; people who do not see it are not told
    name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="live_event_at")]

    def __str__(self) -> str:
        return f"{self.id} {self.name}"
