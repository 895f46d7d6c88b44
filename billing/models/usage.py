"""What was used and what it cost, summed once when the events come in.

A row holds all kinds of traffic side by side: a line uses voice, messages and data every day, but is nearly always
at home and nearly always pays with the company's money. So a line has about one row a day, and one a month.
Amounts are integers of 1/10,000 €, data are KB, voice is seconds. Only `billing.traffic` writes here.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.traffic import Kind, Payer, Zone
from billing.querysets import LineUsageQuerySet, UsageQuerySet
from lines.models import Line
from portal.contracts.models import Contract

# In the order of `Kind`, three measures each, and the gross amount of all of them.
MEASURES = (
    "voice_events", "voice_seconds", "voice_net",
    "message_events", "message_pieces", "message_net",
    "data_events", "data_kb", "data_net",
    "service_events", "service_pieces", "service_net",
    "gross",
)  # fmt: skip
GROSS = len(MEASURES) - 1


class Usage(models.Model):
    zone = models.SmallIntegerField(_("Zona"), choices=Zone)
    payer = models.SmallIntegerField(_("Chiamata"), choices=Payer)
    voice_events = models.BigIntegerField(_("Chiamate"), default=0)
    voice_seconds = models.BigIntegerField(_("Secondi"), default=0)
    voice_net = models.BigIntegerField(_("Voce, netto"), default=0)
    message_events = models.BigIntegerField(_("Invii"), default=0)
    message_pieces = models.BigIntegerField(_("Messaggi"), default=0)
    message_net = models.BigIntegerField(_("SMS/MMS, netto"), default=0)
    data_events = models.BigIntegerField(_("Connessioni"), default=0)
    data_kb = models.BigIntegerField(_("Kbyte"), default=0)
    data_net = models.BigIntegerField(_("Dati, netto"), default=0)
    service_events = models.BigIntegerField(_("Servizi"), default=0)
    service_pieces = models.BigIntegerField(_("Pezzi"), default=0)
    service_net = models.BigIntegerField(_("Servizi interattivi, netto"), default=0)
    gross = models.BigIntegerField(_("Lordo"), default=0)

    class Meta:
        abstract = True


class ContractDay(Usage):
    pk = models.CompositePrimaryKey("contract_id", "day", "zone", "payer")
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    day = models.DateField(_("Giorno"))

    objects = UsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("traffico di un giorno")
        verbose_name_plural = _("traffico per giorno")
        ordering = ("contract", "day", "zone", "payer")
        default_permissions = ()

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.get_zone_display()}"


class LineDay(Usage):
    pk = models.CompositePrimaryKey("line_id", "day", "zone", "payer", "contract_id")
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
    day = models.DateField(_("Giorno"))

    objects = LineUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("traffico di una linea in un giorno")
        verbose_name_plural = _("traffico per linea e giorno")
        ordering = ("line", "day", "zone", "payer")
        default_permissions = ()

    def __str__(self):
        return f"{self.line_id} {self.day:%d/%m/%Y} {self.get_zone_display()}"


class LineMonth(Usage):
    pk = models.CompositePrimaryKey("line_id", "month", "zone", "payer", "contract_id")
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
    month = models.DateField(_("Mese"))  # its first day

    objects = LineUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("traffico di una linea in un mese")
        verbose_name_plural = _("traffico per linea e mese")
        ordering = ("line", "month", "zone", "payer")
        default_permissions = ()
        indexes = (models.Index(fields=("contract", "month"), name="line_month_of_contract"),)

    def __str__(self):
        return f"{self.line_id} {self.month:%m/%Y} {self.get_zone_display()}"


class Freshness(models.Model):
    """How far the traffic of a contract is known: the last day with events, and when a file last brought any."""

    pk = models.CompositePrimaryKey("contract_id", "kind")
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.SmallIntegerField(_("Categoria"), choices=Kind)
    last_day = models.DateField(_("Ultimo giorno"))
    loaded_at = models.DateTimeField(_("Dati aggiornati al"))

    class Meta:
        verbose_name = _("aggiornamento del traffico")
        verbose_name_plural = _("aggiornamenti del traffico")
        ordering = ("contract", "kind")
        default_permissions = ()

    def __str__(self):
        return f"{self.get_kind_display()}: {self.loaded_at:%d/%m/%Y %H:%M}"
