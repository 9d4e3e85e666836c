"""Sessions from before they were listed get their rows: else nobody could end them."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import migrations
from django.utils import timezone


def list_sessions(apps, schema_editor):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    person, row = apps.get_model("teams", "User"), apps.get_model("usersessions", "UserSession")
    for session in apps.get_model("sessions", "Session").objects.filter(expire_date__gt=timezone.now()).iterator():
        user = person.objects.filter(pk=store.decode(session.session_data).get(SESSION_KEY)).first()
        if user:
            facts = {"user": user, "ip": "::", "user_agent": ""}
            row.objects.get_or_create(session_key=session.session_key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0002_wallet_settings"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]
    operations = [migrations.RunPython(list_sessions, migrations.RunPython.noop)]
