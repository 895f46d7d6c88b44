from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_delegation")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="platforms",
            field=models.JSONField(default=list, editable=False, verbose_name="Piattaforme previste"),
        ),
    ]
