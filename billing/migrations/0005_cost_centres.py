from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import portal.clock


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_wallets"),
        ("contracts", "0001_initial"),
        ("lines", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CostCentre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="Codice")),
                ("name", models.CharField(max_length=100, verbose_name="Nome")),
                ("is_closed", models.BooleanField(default=False, verbose_name="Chiuso")),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cost_centres",
                        to="contracts.contract",
                        verbose_name="Contratto",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="billing.costcentre",
                        verbose_name="Fa parte di",
                    ),
                ),
            ],
            options={
                "verbose_name": "centro di costo",
                "verbose_name_plural": "centri di costo",
                "ordering": ("code",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="CostSplit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("is_whole", models.BooleanField(verbose_name="Un solo centro")),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                        verbose_name="Contratto",
                    ),
                ),
            ],
            options={
                "verbose_name": "ripartizione",
                "verbose_name_plural": "ripartizioni",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CostShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="Posizione")),
                (
                    "fixed",
                    models.DecimalField(
                        decimal_places=2, max_digits=8, null=True, verbose_name="Quota fissa € al mese"
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="Percentuale"
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="billing.costcentre",
                        verbose_name="Centro di costo",
                    ),
                ),
                (
                    "split",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="billing.costsplit",
                        verbose_name="Ripartizione",
                    ),
                ),
            ],
            options={
                "verbose_name": "quota",
                "verbose_name_plural": "quote",
                "ordering": ("split", "position"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CostAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="Dal")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="Al")),
                ("created_at", models.DateTimeField(default=portal.clock.now, verbose_name="Registrata")),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                        verbose_name="Contratto",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cost_assignments",
                        to="lines.line",
                        verbose_name="Linea",
                    ),
                ),
                (
                    "split",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="billing.costsplit",
                        verbose_name="Ripartizione",
                    ),
                ),
            ],
            options={
                "verbose_name": "assegnazione a centro di costo",
                "verbose_name_plural": "assegnazioni a centri di costo",
                "ordering": ("-starts_on", "-id"),
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="costcentre",
            constraint=models.UniqueConstraint(fields=("contract", "code"), name="one_cost_centre_a_code"),
        ),
        migrations.AddConstraint(
            model_name="costcentre",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="cost_centre_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="costsplit",
            constraint=models.UniqueConstraint(
                fields=("contract", "fingerprint"), name="one_cost_split_a_fingerprint"
            ),
        ),
        migrations.AddConstraint(
            model_name="costshare",
            constraint=models.UniqueConstraint(
                fields=("split", "position"), name="one_cost_share_a_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="costshare",
            constraint=models.UniqueConstraint(fields=("split", "centre"), name="a_centre_once_a_split"),
        ),
        migrations.AddConstraint(
            model_name="costshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fixed__gt", Decimal("0")), ("percent__isnull", True)),
                    models.Q(
                        ("fixed__isnull", True),
                        ("percent__gt", Decimal("0")),
                        ("percent__lte", Decimal("100")),
                    ),
                    _connector="OR",
                ),
                name="cost_share_fixed_or_percent",
            ),
        ),
        migrations.AddIndex(
            model_name="costassignment",
            index=models.Index(fields=["contract", "starts_on", "line"], name="cost_assignment_of_contract"),
        ),
        migrations.AddConstraint(
            model_name="costassignment",
            constraint=models.UniqueConstraint(
                fields=("line", "starts_on"), name="one_cost_assignment_a_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="costassignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("line",),
                name="one_open_cost_assignment",
            ),
        ),
        migrations.AddConstraint(
            model_name="costassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                ),
                name="cost_assignment_ends_after_start",
            ),
        ),
    ]
