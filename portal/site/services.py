"""Changes to what the portal says and to each person's home page."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit import staff
from portal.audit.actions import action
from portal.audit.services import record
from portal.site import widgets
from portal.site.models import ContactPoint, Document, LegalText, News, WidgetBoard

_ACTIONS = {
    News: (
        action("site.news.created", _("Notizia inserita")),
        action("site.news.changed", _("Notizia modificata")),
        action("site.news.removed", _("Notizia eliminata")),
    ),
    Document: (
        action("site.document.created", _("Documento inserito")),
        action("site.document.changed", _("Documento modificato")),
        action("site.document.removed", _("Documento eliminato")),
    ),
    ContactPoint: (
        action("site.contact.created", _("Contatto inserito")),
        action("site.contact.changed", _("Contatto modificato")),
        action("site.contact.removed", _("Contatto eliminato")),
    ),
    LegalText: (
        action("site.legal.created", _("Nuova versione di un testo legale")),
        action("site.legal.changed", _("Testo legale non ancora in vigore modificato")),
        action("site.legal.removed", _("Testo legale non ancora in vigore eliminato")),
    ),
}
_WIDGETS = action("site.widgets.changed", _("Widget della home modificati"))


class InForce(Exception):
    """A legal text in force is neither changed nor removed: people accepted it."""


class WidgetLimit(Exception):
    """The home page is full."""


class UnknownWidget(Exception):
    """The person may not use this function, or it stands there already."""


@transaction.atomic
def save_content(*, obj: models.Model, actor=None) -> dict[str, list]:
    """News, documents, contacts and legal texts, as staff typed them."""
    if isinstance(obj, LegalText):
        _prepare_legal(obj)
    created, changed, _removed = _ACTIONS[type(obj)]
    return staff.save(obj, created=created, changed=changed, actor=actor)


@transaction.atomic
def remove_content(*, obj: models.Model, actor=None) -> None:
    if isinstance(obj, LegalText) and obj.is_in_force:
        raise InForce
    staff.remove(obj, removed=_ACTIONS[type(obj)][2], actor=actor)


def _prepare_legal(text: LegalText) -> None:
    if text.pk:
        if LegalText.objects.select_for_update().get(pk=text.pk).is_in_force:
            raise InForce
        return
    last = LegalText.objects.filter(slug=text.slug).aggregate(last=Max("version"))["last"] or 0
    text.version = last + 1


@transaction.atomic
def add_widget(*, access, function_id: str) -> None:
    board, chosen, unseen = _board(access)
    if function_id in chosen or not widgets.is_offered(access, function_id):
        raise UnknownWidget(function_id)
    if len(chosen) >= WidgetBoard.LIMIT:
        raise WidgetLimit
    _store(board, [*chosen, function_id, *unseen])


@transaction.atomic
def remove_widget(*, access, function_id: str) -> None:
    board, chosen, unseen = _board(access)
    if function_id not in chosen:
        raise UnknownWidget(function_id)
    _store(board, [other for other in chosen if other != function_id] + unseen)


@transaction.atomic
def move_widget(*, access, function_id: str, steps: int) -> None:
    """Earlier with a negative number of steps, later with a positive one; never past the ends."""
    board, chosen, unseen = _board(access)
    if function_id not in chosen:
        raise UnknownWidget(function_id)
    place = max(0, min(chosen.index(function_id) + steps, len(chosen) - 1))
    chosen.remove(function_id)
    chosen.insert(place, function_id)
    _store(board, chosen + unseen)


@transaction.atomic
def reset_widgets(*, access) -> None:
    """Back to the first functions of the profile."""
    WidgetBoard.objects.filter(user=access.user).delete()
    record(_WIDGETS, actor=access.user, obj=access.user)


def _board(access) -> tuple[WidgetBoard, list[str], list[str]]:
    """The person's board, locked; what it shows now; what it keeps unseen.

    A first change starts from the default. Functions that the profile lost stay stored, and come back with it.
    """
    board, _created = WidgetBoard.objects.select_for_update().get_or_create(
        user=access.user, defaults={"functions": widgets.default_ids(access)}
    )
    shown = widgets.permitted(access, board.functions)
    return board, shown, [function_id for function_id in board.functions if function_id not in shown]


def _store(board: WidgetBoard, chosen: list[str]) -> None:
    old, board.functions, board.changed_at = board.functions, chosen, clock.now()
    board.save()
    record(_WIDGETS, obj=board, changes={"functions": [", ".join(old), ", ".join(chosen)]})
