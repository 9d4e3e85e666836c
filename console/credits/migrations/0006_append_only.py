from django.db import migrations

from console.engine.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("credits", "0005_days_of_lines")]
    operations = [protect("credits_entry")]
