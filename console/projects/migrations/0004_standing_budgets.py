from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

ACTS = ("budget.changed", "project.changed")


def read_audit(apps, schema_editor):
    """The changes made until now stand in the audit log."""
    standing, audit = apps.get_model("projects", "StandingBudget"), apps.get_model("audit", "AuditEvent")
    for project in apps.get_model("projects", "Project").objects.select_related("team"):
        zone, kept = ZoneInfo(project.team.time_zone), {}
        began = timezone.localdate(project.created_at, zone).replace(day=1)
        told = audit.objects.filter(team_id=project.team_id, object_id=str(project.pk), act__in=ACTS).order_by("at")
        for event in told:
            before, after = event.before.get("monthly_budget"), event.after.get("monthly_budget")
            if "monthly_budget" in event.after and before != after:
                kept.setdefault(began, before)
                kept[timezone.localdate(event.at, zone).replace(day=1)] = after
        standing.objects.bulk_create(
            standing(project=project, since=since, credits=credits) for since, credits in kept.items()
        )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("projects", "0003_may_overrun"),
        ("teams", "0002_wallet_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingBudget",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("credits", models.PositiveIntegerField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standing_budgets",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["since"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "since"), name="one_standing_budget_a_month")
                ],
            },
        ),
        migrations.RunPython(read_audit, migrations.RunPython.noop),
    ]
