"""People and what proves that it is they."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, TimestampMixin

from portal import clock
from portal.contracts.models import Organization


class UserManager(BaseUserManager):
    use_in_migrations = True

    def named(self, username: str):
        """The account of this username in whatever letters; through the index that keeps them unique."""
        return self.alias(lowered=Lower("username")).filter(lowered=username.strip().lower())

    def get_by_natural_key(self, username):
        return self.named(username).get()

    def create_user(self, username: str, password: str | None = None, **values):
        user = self.model(username=username, **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **values):
        return self.create_user(username, password, **values, is_staff=True, is_superuser=True)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(
        _("Username"),
        max_length=60,
        validators=[
            RegexValidator(r"^[A-Za-z0-9._@-]{5,60}$", _("Da 5 a 60 caratteri: lettere, cifre, . _ - @"))
        ],
    )
    first_name = models.CharField(_("Nome"), max_length=60)
    last_name = models.CharField(_("Cognome"), max_length=60)
    email = models.EmailField(_("E-mail"))
    tax_code = models.CharField(_("Codice fiscale personale"), max_length=16, blank=True)
    mobile_number = models.CharField(_("N° mobile"), max_length=10, blank=True)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("Ente"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
    )
    agreement = models.PositiveSmallIntegerField(_("Convenzione di provenienza"), default=8)
    # Chosen with the switch of the pages: messages are written in it.
    language = models.CharField(
        _("Lingua"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_staff = models.BooleanField(_("Servizio Clienti"), default=False)
    is_active = models.BooleanField(_("Attivo"), default=True)
    registered_at = models.DateTimeField(_("Registrato il"), default=clock.now)
    closed_at = models.DateTimeField(_("Chiuso il"), null=True, blank=True)
    previous_login = models.DateTimeField(_("Accesso precedente"), null=True, blank=True)
    previous_password = models.CharField(max_length=128, blank=True, editable=False)
    # Typed but not confirmed yet: the old address stays until the link of the mail is used (6/R2).
    pending_email = models.EmailField(_("Nuova e-mail da confermare"), blank=True)
    pending_email_until = models.DateTimeField(_("Da confermare entro"), null=True, blank=True)
    sessions_epoch = models.PositiveIntegerField(default=0, editable=False)
    terms_accepted_at = models.DateTimeField(_("Condizioni accettate il"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("email", "first_name", "last_name")

    class Meta:
        verbose_name = _("utente")
        verbose_name_plural = _("utenti")
        permissions = (("manage_staff", _("Può gestire il personale del Servizio Clienti")),)
        ordering = ("last_name", "first_name")
        constraints = (
            models.UniqueConstraint(Lower("username"), name="username_unique_ignoring_case"),
            models.UniqueConstraint(
                fields=("mobile_number",),
                condition=Q(closed_at=None) & ~Q(mobile_number=""),
                name="one_open_account_a_number",
            ),
        )

    def __str__(self):
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """«Nome C», as the top bar shows it."""
        return f"{self.first_name} {self.last_name[:1]}".strip()

    @property
    def is_open(self) -> bool:
        return self.is_active and self.closed_at is None

    def _get_session_auth_hash(self, secret=None):
        """Sessions live as long as password and epoch stay: a new epoch ends them all."""
        return salted_hmac(
            "portal.accounts.sessions",
            f"{self.password}|{self.sessions_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class OneTimeCode(models.Model):
    """A code sent by SMS. Only its keyed digest is kept, and it opens nothing but the request it was made for."""

    class Purpose(models.TextChoices):
        REGISTRATION = "registration", _("Registrazione")
        LOGIN = "login", _("Accesso")
        RECOVERY = "recovery", _("Recupero delle credenziali")
        STEP_UP = "step-up", _("Conferma di un'operazione")

    purpose = models.CharField(_("Scopo"), max_length=20, choices=Purpose)
    number = models.CharField(_("N° mobile"), max_length=10)
    bound_to = models.CharField(max_length=64, editable=False)
    user = models.ForeignKey(
        User,
        verbose_name=_("Utente"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="one_time_codes",
    )
    digest = models.CharField(max_length=64, editable=False)
    source = models.CharField(_("Provenienza"), max_length=45, blank=True)
    device = models.CharField(max_length=64, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("Tentativi"), default=0)
    tried_at = models.DateTimeField(_("Ultimo tentativo"), null=True, blank=True)
    created_at = models.DateTimeField(_("Creato il"), default=clock.now)
    expires_at = models.DateTimeField(_("Scade il"))
    used_at = models.DateTimeField(_("Usato il"), null=True, blank=True)
    voided_at = models.DateTimeField(_("Annullato il"), null=True, blank=True)

    class Meta:
        verbose_name = _("codice temporaneo")
        verbose_name_plural = _("codici temporanei")
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("number", "-created_at"), name="code_by_number"),
            models.Index(fields=("source", "-created_at"), name="code_by_source"),
        )

    def __str__(self):
        return f"{self.get_purpose_display()} {self.created_at:%d/%m/%Y %H:%M}"


class CodeAttempt(models.Model):
    """What counts against a number, a source and the whole portal in the last 24 hours."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("Codice errato")
        UNKNOWN = "unknown", _("Numero fuori convenzione")

    kind = models.CharField(_("Tipo"), max_length=10, choices=Kind)
    number = models.CharField(_("N° mobile"), max_length=10, blank=True)
    device = models.CharField(max_length=64, blank=True, editable=False)
    source = models.CharField(_("Provenienza"), max_length=45, blank=True)
    at = models.DateTimeField(_("Quando"), default=clock.now)

    class Meta:
        verbose_name = _("tentativo di codice")
        verbose_name_plural = _("tentativi di codice")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("kind", "-at"), name="attempt_by_kind"),
            models.Index(fields=("number", "-at"), name="attempt_by_number"),
            models.Index(fields=("source", "-at"), name="attempt_by_source"),
        )

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y %H:%M}"


class CodeGuard(models.Model):
    """One row a number and a source: holding it puts parallel requests in a queue."""

    key = models.CharField(max_length=64, primary_key=True)
    held_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("turno dei codici")
        verbose_name_plural = _("turni dei codici")

    def __str__(self):
        return self.key


class Registration(models.Model):
    """A registration on its way, from the number to the account. The session knows it by `key` only."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    number = models.CharField(_("N° mobile"), max_length=10)
    number_verified_at = models.DateTimeField(_("Numero verificato il"), null=True, blank=True)
    first_name = models.CharField(_("Nome"), max_length=60, blank=True)
    last_name = models.CharField(_("Cognome"), max_length=60, blank=True)
    tax_code = models.CharField(_("Codice fiscale personale"), max_length=16, blank=True)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("Ente"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="registrations",
    )
    # Agreed to with «PROSEGUI»: closed when the new account is complete, not before.
    replaces = models.ForeignKey(
        User,
        verbose_name=_("Sostituisce"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    email = models.EmailField(_("E-mail"), blank=True)
    username = models.CharField(_("Username"), max_length=60, blank=True)
    link_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    link_sent_at = models.DateTimeField(_("Link inviato il"), null=True, blank=True)
    links_sent = models.PositiveSmallIntegerField(_("Link inviati"), default=0)
    link_used_at = models.DateTimeField(_("Link usato il"), null=True, blank=True)
    email_confirmed_at = models.DateTimeField(_("E-mail confermata il"), null=True, blank=True)
    user = models.OneToOneField(
        User,
        verbose_name=_("Utente"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="registration",
    )
    created_at = models.DateTimeField(_("Iniziata il"), default=clock.now, db_index=True)
    completed_at = models.DateTimeField(_("Completata il"), null=True, blank=True)

    class Meta:
        verbose_name = _("registrazione")
        verbose_name_plural = _("registrazioni")
        ordering = ("-created_at",)

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip() or self.number


class SMSDevice(TimestampMixin, Device):
    """The phone of the registered number, as django-otp sees it.

    It keeps no secret and `verify_token` stays false: a code is checked by `portal.accounts.factors`, bound to
    the request it was sent for.
    """

    class Meta:
        verbose_name = _("SMS al numero registrato")
        verbose_name_plural = _("SMS ai numeri registrati")
        constraints = (models.UniqueConstraint(fields=("user",), name="one_sms_device_a_user"),)


class RiskHold(models.Model):
    """After a SIM swap an SMS to that number proves nothing for a while (B-10)."""

    number = models.CharField(_("N° mobile"), max_length=10)
    reason = models.CharField(_("Motivo"), max_length=120)
    since = models.DateTimeField(_("Dal"), default=clock.now)
    until = models.DateTimeField(_("Al"))

    class Meta:
        verbose_name = _("periodo di cautela")
        verbose_name_plural = _("periodi di cautela")
        ordering = ("-since",)
        indexes = (models.Index(fields=("number", "until"), name="hold_by_number"),)

    def __str__(self):
        return f"{self.number} {self.until:%d/%m/%Y %H:%M}"


class OpenSession(models.Model):
    """Where a person is in: a row beside the session of each log-in, so that it can be shown and ended.

    `seal` is the stamp of password and epoch: when they change, every row of before is void with its session.
    """

    user = models.ForeignKey(
        User, verbose_name=_("Utente"), on_delete=models.CASCADE, related_name="open_sessions"
    )
    key = models.CharField(max_length=40, unique=True, editable=False)
    seal = models.CharField(max_length=64, editable=False)
    device = models.CharField(_("Dispositivo"), max_length=80)
    opened_at = models.DateTimeField(_("Collegato dal"), default=clock.now)
    seen_at = models.DateTimeField(_("Ultimo uso"), default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("sessione aperta")
        verbose_name_plural = _("sessioni aperte")
        ordering = ("-seen_at", "-pk")
        default_permissions = ()

    def __str__(self):
        return self.device


class Acceptance(models.Model):
    """The version of a legal text that a person accepted, and when. Never changed."""

    user = models.ForeignKey(
        User, verbose_name=_("Utente"), on_delete=models.CASCADE, related_name="acceptances"
    )
    text = models.CharField(_("Testo"), max_length=30)
    version = models.PositiveSmallIntegerField(_("Versione"))
    title = models.CharField(_("Titolo"), max_length=160)
    accepted_at = models.DateTimeField(_("Accettato il"), default=clock.now)

    class Meta:
        verbose_name = _("accettazione")
        verbose_name_plural = _("accettazioni")
        ordering = ("-accepted_at", "text")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("user", "text", "version"), name="one_acceptance_a_version"),
        )

    def __str__(self):
        return f"{self.title} (v. {self.version})"
