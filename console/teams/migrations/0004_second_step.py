from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0003_known_sessions"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [
        migrations.AddField(
            model_name="team",
            name="requires_second_step",
            field=models.BooleanField(default=False),
        ),
    ]
