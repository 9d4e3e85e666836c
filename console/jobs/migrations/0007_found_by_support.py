from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Two questions that are asked across teams: which job had this request id, and what went wrong lately."""

    dependencies = [("jobs", "0006_opened")]
    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["request_id"], condition=~Q(request_id=""), name="job_request_id"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                fields=["-created_at", "-id"],
                condition=Q(status__in=["failed", "refused", "unknown", "needs_review"]),
                name="job_gone_wrong",
            ),
        ),
    ]
