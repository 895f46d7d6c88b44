import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_tem"),
        ("contracts", "0005_contract_platforms"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideModule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "module",
                    models.CharField(
                        choices=[("ebill", "eBill"), ("tem", "Modulo TEM")],
                        max_length=5,
                        verbose_name="Modulo",
                    ),
                ),
                (
                    "address",
                    models.URLField(
                        help_text="Comincia con https://. Il modulo del portale non si apre più per questo contratto.",
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["https"])],
                        verbose_name="Indirizzo",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outside_modules",
                        to="contracts.contract",
                        verbose_name="Contratto",
                    ),
                ),
            ],
            options={
                "verbose_name": "modulo esterno di un contratto",
                "verbose_name_plural": "moduli esterni dei contratti",
                "ordering": ("contract", "module"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "module"), name="an_outside_module_once_a_contract"
                    )
                ],
            },
        ),
    ]
