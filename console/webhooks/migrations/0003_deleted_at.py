"""When an endpoint was deleted; of those that are deleted already, as the audit log tells it."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Each by its own line: few are ever deleted."""
    lines = apps.get_model("audit", "AuditEvent").objects.filter(act="webhook.deleted")
    for endpoint in apps.get_model("webhooks", "Endpoint").objects.filter(state="deleted"):
        told = lines.filter(team_id=endpoint.team_id, object_id=str(endpoint.pk)).order_by("-at").first()
        if told:
            endpoint.deleted_at = told.at
            endpoint.save(update_fields=["deleted_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("webhooks", "0002_deliveries_named"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
