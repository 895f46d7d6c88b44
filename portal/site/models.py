"""What the portal says of itself, and what each person put on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.site.querysets import ContentQuerySet, LegalTextQuerySet

DOCUMENT_TYPES = ("pdf", "doc", "docx", "odt", "xls", "xlsx", "ods", "csv", "txt", "zip", "p7m")

# With which bytes a file of each type begins; texts have no such sign, and hold no NUL.
_PACKED, _OLD_OFFICE = (b"PK\x03\x04", b"PK\x05\x06"), (b"\xd0\xcf\x11\xe0",)
BEGINNINGS = {
    "pdf": (b"%PDF-",),
    **dict.fromkeys(("docx", "odt", "xlsx", "ods", "zip"), _PACKED),
    **dict.fromkeys(("doc", "xls"), _OLD_OFFICE),
    "p7m": (b"0", b"-----BEGIN", b"MI"),
}

MARKUP_HELP = _(
    "Una riga vuota separa i paragrafi. «## » apre un titolo, «- » una voce di elenco, "
    "[testo](https://…) è un collegamento."
)


class Content(models.Model):
    """What staff publish for somebody, from some moment on."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Tutti")
        REGISTERED = "registered", _("Utenti registrati")

    title = models.CharField(_("Titolo"), max_length=160)
    audience = models.CharField(_("Visibile a"), max_length=10, choices=Audience, default=Audience.PUBLIC)
    published = models.BooleanField(_("Pubblicato"), default=False)
    published_at = models.DateTimeField(_("Data e ora di pubblicazione"), default=clock.now)

    objects = ContentQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-published_at", "-pk")

    def __str__(self):
        return self.title


class News(Content):
    summary = models.CharField(_("Sommario"), max_length=300)
    body = models.TextField(_("Testo"), help_text=MARKUP_HELP)
    is_new = models.BooleanField(_("Etichetta «NUOVO»"), default=True)

    class Meta(Content.Meta):
        verbose_name = _("notizia")
        verbose_name_plural = _("notizie")
        indexes = (models.Index(fields=("published", "-published_at"), name="news_published"),)


class Document(Content):
    description = models.CharField(_("Descrizione"), max_length=300, blank=True)
    file = models.FileField(
        _("File"), upload_to="documents/%Y/", validators=[FileExtensionValidator(DOCUMENT_TYPES)]
    )

    class Meta(Content.Meta):
        verbose_name = _("documento")
        verbose_name_plural = _("documenti")

    def clean(self):
        super().clean()
        if self.file and not self.file._committed and not self._is_what_it_says():
            raise ValidationError({"file": _("Il contenuto del file non è quello che il suo nome dice.")})

    def _is_what_it_says(self) -> bool:
        self.file.seek(0)
        start = self.file.read(1024)
        self.file.seek(0)
        beginnings = BEGINNINGS.get(self.extension.lower())
        return start.startswith(beginnings) if beginnings else b"\0" not in start

    @property
    def extension(self) -> str:
        return self.file.name.rpartition(".")[2].upper()

    @property
    def size(self) -> int | None:
        """Bytes; None when the file is not where it should be."""
        try:
            return self.file.size
        except FileNotFoundError:
            return None


class ContactPoint(models.Model):
    class Kind(models.TextChoices):
        VOICE = "voice", _("Telefono")
        FAX = "fax", _("Fax")
        EMAIL = "email", _("E-mail")
        PEC = "pec", _("PEC")
        OTHER = "other", _("Altro")

    kind = models.CharField(_("Tipo"), max_length=10, choices=Kind)
    label = models.CharField(_("Etichetta"), max_length=60)
    value = models.CharField(_("Recapito"), max_length=120)
    hours = models.CharField(_("Orari"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("Ordine"), default=10)

    class Meta:
        verbose_name = _("contatto")
        verbose_name_plural = _("contatti")
        ordering = ("position", "pk")

    def __str__(self):
        return f"{self.label}: {self.value}"

    @property
    def link(self) -> str:
        """What a tap on the contact opens; empty where nothing can."""
        if self.kind == self.Kind.VOICE:
            return "tel:" + "".join(c for c in self.value if c.isdigit() or c == "+")
        return f"mailto:{self.value}" if self.kind in (self.Kind.EMAIL, self.Kind.PEC) else ""

    @property
    def icon(self) -> str:
        icons = {"voice": "it-telephone", "fax": "it-print", "email": "it-mail", "pec": "it-locked"}
        return icons.get(self.kind, "it-info-circle")


@dataclass(frozen=True, slots=True)
class Reading:
    """A legal text in one language; only the Italian one binds."""

    language: str
    title: str
    summary: str
    body: str


class LegalText(models.Model):
    """A version of a text people accept or rely on. In force it never changes again: a new version follows it."""

    class Slug(models.TextChoices):
        TERMS = "termini", _("Termini e condizioni generali")
        PRIVACY = "privacy", _("Informativa della privacy")
        COOKIE = "cookie", _("Informativa sui cookie")
        ACCESSIBILITY = "accessibilita", _("Dichiarazione di accessibilità")
        EARLIER = "convenzioni-precedenti", _("Utenti delle convenzioni precedenti")

    slug = models.CharField(_("Testo"), max_length=30, choices=Slug)
    version = models.PositiveSmallIntegerField(_("Versione"))
    title = models.CharField(_("Titolo"), max_length=160)
    summary = models.CharField(_("In breve"), max_length=300, blank=True)
    body = models.TextField(_("Testo completo"), help_text=MARKUP_HELP)
    title_en = models.CharField(_("Titolo in inglese"), max_length=160, blank=True)
    summary_en = models.CharField(_("In breve, in inglese"), max_length=300, blank=True)
    body_en = models.TextField(
        _("Traduzione inglese"),
        blank=True,
        help_text=_("Si mostra a chi legge il portale in inglese. Vale sempre il testo italiano."),
    )
    valid_from = models.DateTimeField(_("In vigore dal"), default=clock.now)

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("testo legale")
        verbose_name_plural = _("testi legali")
        ordering = ("slug", "-version")
        constraints = (models.UniqueConstraint(fields=("slug", "version"), name="one_text_a_version"),)

    def __str__(self):
        return f"{self.title} (v. {self.version})"

    @property
    def is_in_force(self) -> bool:
        return self.valid_from <= clock.now()

    @property
    def reading(self) -> Reading:
        """The text in the language of the page; in Italian where nobody has translated it."""
        if get_language() == "en" and self.body_en:
            return Reading("en", self.title_en or self.title, self.summary_en, self.body_en)
        return Reading(settings.LANGUAGE_CODE, self.title, self.summary, self.body)


class WidgetBoard(models.Model):
    """The widgets a person chose, in order. No row: the default of the profile; an empty list: none wanted."""

    LIMIT = 12
    DEFAULT = 6

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    functions = models.JSONField(_("Funzioni"), default=list)
    changed_at = models.DateTimeField(_("Modificati il"), default=clock.now)

    class Meta:
        verbose_name = _("widget di una persona")
        verbose_name_plural = _("widget delle persone")

    def __str__(self):
        return str(self.user)


class SeenAs(models.Model):
    """A member of staff looked at the portal as a person sees it: who, whom, why, from when to when."""

    LASTS = timedelta(minutes=15)

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Operatore"), on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Persona"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("Motivo"), max_length=300)
    began_at = models.DateTimeField(_("Inizio"), default=clock.now)
    ends_at = models.DateTimeField(_("Fine"))

    class Meta:
        verbose_name = _("vista come utente")
        verbose_name_plural = _("viste come utente")
        ordering = ("-began_at", "-pk")
        permissions = (("see_as", _("Può vedere il portale come un utente, senza cambiare niente")),)

    def __str__(self):
        return f"{self.staff} → {self.user}"
