from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0007_domains_and_removal"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [
        migrations.AddField(
            model_name="team",
            name="requires_second_step",
            field=models.BooleanField(default=False),
        ),
    ]
