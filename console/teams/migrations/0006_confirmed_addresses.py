"""People who are here may go on signing in: until now nobody had to confirm an address, from now on everybody has."""

from typing import Any

from django.db import migrations


def confirm(apps: Any, schema_editor: Any) -> None:
    """The address that each person signs in with counts as confirmed, unless somebody else has shown it to be theirs."""
    person, address = apps.get_model("teams", "User"), apps.get_model("account", "EmailAddress")
    for pk, email in person.objects.values_list("pk", "email").iterator():
        if address.objects.filter(email__iexact=email, verified=True).exists():
            continue
        if address.objects.filter(user_id=pk, email__iexact=email).update(verified=True):
            continue
        is_first = not address.objects.filter(user_id=pk, primary=True).exists()
        address.objects.create(user_id=pk, email=email, verified=True, primary=is_first)


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0005_invitations"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
