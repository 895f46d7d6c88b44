"""The credit of a line: what its organization put on it, and what its user did. A ledger that only grows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.querysets import MovementQuerySet, WalletQuerySet
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract


class Basket(models.TextChoices):
    COMPANY = "company", _("Credito aziendale")
    PERSONAL = "personal", _("Credito personale")


class MovementKind(models.TextChoices):
    OPENING = "opening", _("Credito iniziale")
    ONE_OFF = "one_off", _("Ricarica aziendale")
    MONTHLY = "monthly", _("Ricarica automatica mensile")
    TIMED = "timed", _("Ricarica a tempo")
    LOW_BALANCE = "low", _("Ricarica sotto soglia")
    PERSONAL = "web", _("Ricarica dal portale")
    OTHER_CHANNEL = "other", _("Ricarica da altri canali")
    TRAFFIC = "traffic", _("Traffico")
    FEE = "fee", _("Canone")
    PACKAGE = "package", _("Pacchetto TIM TUO")
    CORRECTION = "fix", _("Rettifica")


# Over and extra bundle may bring the company credit below zero (7.3.5/R3); nothing else, and nobody's own money.
BELOW_ZERO = (MovementKind.TRAFFIC, MovementKind.FEE, MovementKind.CORRECTION)
TOP_UPS = (
    MovementKind.ONE_OFF, MovementKind.MONTHLY, MovementKind.TIMED, MovementKind.LOW_BALANCE,
    MovementKind.PERSONAL, MovementKind.OTHER_CHANNEL,
)  # fmt: skip


class Wallet(models.Model):
    """One credit of one line. `balance` and `last_sequence` are moved by the database with each movement."""

    line = models.ForeignKey(Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="wallets")
    basket = models.CharField(_("Credito"), max_length=8, choices=Basket)
    balance = models.DecimalField(_("Credito residuo €"), max_digits=12, decimal_places=2, default=0)
    last_sequence = models.PositiveIntegerField(_("Movimenti"), default=0)

    objects = WalletQuerySet.as_manager()

    class Meta:
        verbose_name = _("credito di una linea")
        verbose_name_plural = _("crediti delle linee")
        ordering = ("line", "basket")
        constraints = (
            models.UniqueConstraint(fields=("line", "basket"), name="one_wallet_a_basket"),
            models.CheckConstraint(condition=Q(basket__in=Basket.values), name="wallet_basket_known"),
            models.CheckConstraint(
                condition=Q(basket="company") | Q(balance__gte=0), name="personal_credit_not_negative"
            ),
        )

    def __str__(self):
        return f"{self.line} – {self.get_basket_display()}"


class Movement(models.Model):
    """One change of a wallet, for good. Its key is that of the fact: the same fact is never counted twice."""

    wallet = models.ForeignKey(
        Wallet, verbose_name=_("Credito"), on_delete=models.PROTECT, related_name="movements", db_index=False
    )
    sequence = models.PositiveIntegerField(_("Progressivo"))
    key = models.CharField(_("Chiave"), max_length=120, unique=True)
    amount = models.DecimalField(_("Importo €"), max_digits=10, decimal_places=2)
    balance = models.DecimalField(_("Credito dopo €"), max_digits=12, decimal_places=2)
    kind = models.CharField(_("Tipo"), max_length=8, choices=MovementKind)
    detail = models.CharField(_("Dettaglio"), max_length=80, blank=True)
    at = models.DateTimeField(_("Data e ora"), default=clock.now)
    recorded_at = models.DateTimeField(_("Registrato il"), default=clock.now)
    # As they were at that moment: lines move to other contracts, what was charged to one stays its own.
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    basket = models.CharField(_("Credito"), max_length=8, choices=Basket)

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movimento di credito")
        verbose_name_plural = _("movimenti di credito")
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("wallet", "sequence"), name="movements_in_sequence"),
            models.CheckConstraint(condition=~Q(amount=0), name="movement_moves_something"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
            models.CheckConstraint(
                condition=Q(balance__gte=0) | Q(amount__gt=0) | Q(basket="company", kind__in=BELOW_ZERO),
                name="movement_within_the_credit",
            ),
        )
        indexes = (
            models.Index(fields=("contract", "basket", "-at", "-id"), name="movements_of_contract"),
            models.Index(fields=("line", "basket", "-at", "-id"), name="movements_of_line"),
        )

    def __str__(self):
        return self.key
