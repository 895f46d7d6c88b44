"""Kept analyses sent every month: a job a view and month, in the rights its owner has at that moment."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import SavedAnalysis
from billing.tem import services
from billing.tem.analysis import Analysis, Group
from billing.tem.drawing import words_of
from billing.tem.engine import run
from billing.tem.files import write_analysis
from billing.tem.forms import FUNCTION, AnalysisForm, query_dict
from portal import clock
from portal.audit import services as audit
from portal.contracts.access import Access
from portal.jobs import services as jobs
from portal.jobs.registry import Refused
from portal.lists.writers import CONTENT_TYPES, XLSX
from portal.outbox.models import Message
from portal.outbox.services import send_mail
from portal.words import speaking_to

JOB = "tem-monthly"
SEND_DAY = 3  # by then the files of the month that is over have come


def ask_for_all() -> int:
    """One job for each view that is sent and this month; asked again it is the same job."""
    today = clock.today()
    day = today.replace(day=SEND_DAY)
    if today < day:
        return 0
    due = SavedAnalysis.objects.monthly().filter(monthly_since__lt=day).order_by("pk")
    count = 0
    for key in due.values_list("pk", flat=True).iterator():
        payload = {"analysis": key, "month": f"{today:%Y-%m}"}
        jobs.enqueue(kind=JOB, key=f"{JOB}:{key}:{today:%Y-%m}", payload=payload)
        count += 1
    return count


def send(analysis_id: int, month: str) -> bool:
    """False: it is no longer sent. The key of the message makes a second one impossible."""
    saved = SavedAnalysis.objects.select_related("owner", "contract").monthly().filter(pk=analysis_id).first()
    if saved is None:
        return False
    owner, fact = saved.owner, f"{JOB}:{saved.pk}:{month}"
    if Message.objects.filter(key=fact).exists():
        return True
    access = Access.load(owner, saved.contract_id)
    if not owner.is_active or access.contract != saved.contract or not access.may(FUNCTION):
        raise Refused(_("Chi ha salvato l'analisi non può più vederla."))
    if not owner.email:
        raise Refused(_("Chi ha salvato l'analisi non ha un indirizzo e-mail."))
    with speaking_to(owner):
        form = AnalysisForm(query_dict(saved.query), access=access)
        if not form.is_valid():
            raise Refused(_("I parametri dell'analisi non valgono più."))
        analysis = form.analysis()
        content, name, words = _file(analysis), f"{_slug(saved.name)}_{month}.{XLSX}", _words(analysis)
    with transaction.atomic():
        send_mail(
            to=owner.email, template="tem_monthly", kind="tem-monthly", user=owner, key=fact,
            context={
                "person": owner, "saved": saved, "words": words, "first": analysis.first,
                "last": min(analysis.last, clock.today()),
                "link": settings.PORTAL_URL + reverse("billing:tem-saved", args=[saved.pk]),
            },
            contract_number=saved.contract.number, attachments=[(name, CONTENT_TYPES[XLSX], content)],
        )  # fmt: skip
        audit.record(services.SENT, actor=owner, contract=saved.contract, obj=saved, note=month)
    return True


def _file(analysis: Analysis) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"tem.{XLSX}"
        write_analysis(XLSX, path, analysis)
        return path.read_bytes()


def _words(analysis: Analysis) -> str:
    return "" if analysis.group == Group.LINE else words_of(run(analysis))


def _slug(name: str) -> str:
    kept = "".join(letter if letter.isalnum() else "_" for letter in name)
    return "_".join(part for part in kept.split("_") if part)[:60] or "analisi"
