"""Lines written before they had a day get the one of their reservation; all of them wait to be rolled up."""

from zoneinfo import ZoneInfo

from django.db import migrations


def fill(apps, schema_editor):
    entry, unrolled = apps.get_model("credits", "Entry"), apps.get_model("credits", "Unrolled")
    days = {}
    for line in entry.objects.select_related("team").order_by("id").iterator():
        if line.kind == "reserve":
            days[line.subject] = line.at.astimezone(ZoneInfo(line.team.time_zone)).date()
        outcome = {"settle": "done", "release": "failed"}.get(line.kind, "")
        entry.objects.filter(pk=line.pk).update(day=days.get(line.subject, line.at.date()), outcome=outcome)
        unrolled.objects.get_or_create(entry_id=line.pk)


class Migration(migrations.Migration):
    dependencies = [("credits", "0004_whole_room")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
