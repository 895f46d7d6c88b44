"""Pages of the desk that belong to no table of the console."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal import clock
from portal.accounts.models import User
from portal.site.desk import cards
from portal.site.desk.feeds import lights
from portal.site.desk.forms import SeeAsForm
from portal.site.models import SeenAs
from portal.site.see_as import services
from portal.site.see_as.middleware import SESSION_LOOK


@require_GET
def find(request):
    """One hit opens at once; several are listed."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80]
    found = cards.find(words, request.user) if words else []
    if len(found) == 1:
        return redirect("console:card", found[0].kind, found[0].key)
    return _page(request, "admin/desk/find.html", _("Cerca una scheda"), words=words, found=found)


@require_GET
def card(request, kind: str, key: str):
    shown = cards.card_of(kind, key, request.user)
    if shown is None:
        raise Http404
    timeline = cards.timeline_of(shown, request.user, _instant(request.GET.get("prima", "")))
    boxes = cards.boxes_of(shown, request.user)
    return _page(request, "admin/desk/card.html", shown.title, card=shown, timeline=timeline, boxes=boxes)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None


@require_GET
def feeds(request):
    if not request.user.has_perm("contracts.view_feedbatch"):
        raise PermissionDenied
    return _page(request, "admin/desk/feeds.html", _("Flussi dati"), lights=lights(), now=clock.now())


@require_http_methods(["GET", "POST"])
def see_as(request, pk: int):
    if not request.user.has_perm("site.see_as"):
        raise PermissionDenied
    person = get_object_or_404(User, pk=pk)
    form = SeeAsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            look = services.begin(staff=request.user, user=person, reason=form.cleaned_data["reason"])
        except services.NotToBeSeen:
            form.add_error(None, _("Questo account non si può guardare: è chiuso, o è del Servizio Clienti."))
        else:
            request.session[SESSION_LOOK] = look.pk
            return redirect("site:home")
    title = _("Vedi come %(name)s") % {"name": person.get_full_name()}
    return _page(request, "admin/desk/see_as.html", title, person=person, form=form)


@require_POST
def see_no_more(request):
    look = SeenAs.objects.filter(pk=request.session.pop(SESSION_LOOK, None), staff=request.user).first()
    if look is None:
        return redirect("admin:index")
    services.end(look=look)
    messages.success(request, _("Sei di nuovo nella console con il tuo nome."))
    return redirect("console:card", "persona", look.user_id)


def _page(request, template: str, title: str, **context):
    crumbs = [(_("Console"), reverse("admin:index")), (title, "")]
    return render(
        request, template, {**admin.site.each_context(request), "title": title, "crumbs": crumbs, **context}
    )
