"""The events, and how long they are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.querysets import EventQuerySet, HoldQuerySet
from lines.models import Line
from portal.contracts.models import Contract


class Kind(models.IntegerChoices):
    """What was done. The number also says in which measures of a sum it is counted."""

    VOICE = 0, _("Voce")
    MESSAGES = 1, _("SMS/MMS")
    DATA = 2, _("Dati")
    SERVICES = 3, _("Servizi interattivi")


class Zone(models.IntegerChoices):
    NATIONAL = 0, _("Nazionale")
    EU = 1, _("UE")
    EXTRA_EU = 2, _("Extra UE")


class Payer(models.IntegerChoices):
    COMPANY = 0, _("Aziendale")
    PERSONAL = 1, _("Personale")


class TrafficEvent(models.Model):
    """One call, message or session, as rated by the operator. Written by the loader, deleted by retention, never changed.

    On PostgreSQL the table is cut into days (see `billing.traffic.partitions`), so it has no foreign keys to look
    up at every row and its key begins with the instant. `id` is the operator's identity of the event, or a
    fingerprint of the row and of how many equal rows came before it in the file.
    """

    pk = models.CompositePrimaryKey("at", "id")
    at = models.DateTimeField(_("Data e ora"))
    id = models.UUIDField(_("Identificativo"))
    line = models.ForeignKey(
        Line,
        verbose_name=_("Linea"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    contract = models.ForeignKey(
        Contract,
        verbose_name=_("Contratto"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    kind = models.SmallIntegerField(_("Categoria"), choices=Kind)
    zone = models.SmallIntegerField(_("Zona"), choices=Zone)
    payer = models.SmallIntegerField(_("Chiamata"), choices=Payer)
    correction = models.BooleanField(_("Storno"), default=False)  # takes back an event that was wrong
    detail = models.CharField(_("Dettaglio"), max_length=40)
    counterpart = models.CharField(_("Chiamato"), max_length=24, blank=True)
    operator = models.CharField(_("Operatore"), max_length=40, blank=True)
    volume = models.BigIntegerField(_("Durata/Volume"))  # seconds, messages, KB, pieces
    gross = models.BigIntegerField(_("Importo lordo"))  # 1/10,000 €
    net = models.BigIntegerField(_("Importo netto"))  # 1/10,000 €
    option = models.CharField(_("Opzione"), max_length=60, blank=True)
    charging = models.CharField(_("Tariffazione"), max_length=40, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "billing_trafficevent"
        verbose_name = _("evento di traffico")
        verbose_name_plural = _("eventi di traffico")
        ordering = ("-at", "id")
        default_permissions = ()

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y %H:%M:%S}"


class TrafficDay(models.Model):
    """A day of which there are events. A closed day has its index by line; late events still come in."""

    day = models.DateField(_("Giorno"), primary_key=True)
    closed_at = models.DateTimeField(_("Chiuso"), null=True, blank=True)
    purged_at = models.DateTimeField(_("Cancellato"), null=True, blank=True)

    class Meta:
        verbose_name = _("giorno di traffico")
        verbose_name_plural = _("giorni di traffico")
        ordering = ("-day",)
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"


class LegalHold(models.Model):
    """Traffic detail of a contract, or of one line of it, that must not be deleted when its time is over."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="legal_holds"
    )
    line = models.ForeignKey(
        Line,
        verbose_name=_("Linea"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="legal_holds",
    )
    reason = models.CharField(_("Provvedimento"), max_length=200)
    starts_on = models.DateField(_("Dal"))
    ends_on = models.DateField(_("Al"), null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("conservazione disposta")
        verbose_name_plural = _("conservazioni disposte")
        ordering = ("-starts_on", "-id")
        default_permissions = ("view", "add", "change")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="legal_hold_ends_after_start",
            ),
        )

    def __str__(self):
        return f"{self.line or self.contract}: {self.reason}"
