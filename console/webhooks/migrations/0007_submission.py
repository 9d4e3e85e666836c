from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0006_no_task"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="submission",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("submission", None), _negated=True),
                fields=("team", "submission"),
                name="one_endpoint_a_submission",
            ),
        ),
    ]
