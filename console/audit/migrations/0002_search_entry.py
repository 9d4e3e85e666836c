import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("facets", models.TextField()),
                ("words", models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["-at", "-id"], name="audit_recent"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team_id", "act"], name="audit_acts"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team_id", "object_kind"], name="audit_kinds"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team_id", "actor_id"], name="audit_people"),
        ),
        migrations.AddField(
            model_name="searchentry",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="search_entry", to="audit.auditevent"
            ),
        ),
    ]
