from django.db import migrations, models
from django.db.models import F


def nobody_can_say(apps, schema_editor):
    """What came out before this was kept counts as looked at."""
    job = apps.get_model("jobs", "Job")
    job.objects.filter(status="succeeded").update(opened_at=F("finished_at"))


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_search")]
    operations = [
        migrations.AddField(model_name="job", name="opened_at", field=models.DateTimeField(null=True)),
        migrations.RunPython(nobody_can_say, migrations.RunPython.noop),
        migrations.AddIndex(model_name="job", index=models.Index(fields=["key", "-created_at", "-id"], name="job_key")),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(status="succeeded", opened_at=None),
                fields=["team", "created_at"],
                name="job_unopened",
            ),
        ),
    ]
