from django.db import migrations

from console.engine.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_index_of_lines")]
    operations = [protect("audit_auditevent"), protect("audit_searchentry")]
