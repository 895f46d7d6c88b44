"""The private home page and its widgets."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import functions
from portal.contracts.views import serves
from portal.site import help, registry, services, widgets
from portal.site.forms import WidgetForm
from portal.site.models import WidgetBoard


@require_safe
@serves("5")
def home(request):
    context = {
        "attention": registry.attention_of(request.access),
        "widgets": widgets.shown(request.access),
        "limit": WidgetBoard.LIMIT,
        "help_boxes": help.boxes(),
        "support_number": settings.CONTACTS["voice"],
    }
    return render(request, "site/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@serves("5")
def widget_board(request):
    """Add, remove and order the widgets; every button is a plain form, so that it needs no script."""
    if request.method == "POST":
        return _change(request)
    chosen = widgets.chosen_ids(request.access)
    context = {
        "chosen": [functions.get(function_id) for function_id in chosen],
        "groups": widgets.grouped(request.access, without=chosen),
        "limit": WidgetBoard.LIMIT,
        "full": len(chosen) >= WidgetBoard.LIMIT,
        "page_title": _("I miei widget"),
        "page_purpose": _("Scegli le funzioni che vuoi trovare subito nella home, e mettile in ordine."),
        "crumbs": [(functions.get("5").label, reverse("site:home")), (_("I miei widget"), "")],
    }
    return render(request, "site/widgets.html", context)


def _change(request):
    form = WidgetForm(request.POST)
    try:
        words = _act(request.access, form)
    except services.UnknownWidget:
        messages.error(request, _("Questo widget non è disponibile: la pagina ora è aggiornata."))
    except services.WidgetLimit:
        words = _("Puoi tenere al massimo %(limit)d widget: togline uno prima di aggiungerne un altro.")
        messages.error(request, words % {"limit": WidgetBoard.LIMIT})
    else:
        messages.success(request, words % {"label": form.function_label()})
    return redirect("site:widgets")


def _act(access, form: WidgetForm) -> str:
    if not form.is_valid():
        raise services.UnknownWidget
    action, function_id = form.cleaned_data["action"], form.cleaned_data["function"]
    if action == "add":
        services.add_widget(access=access, function_id=function_id)
        return _("Widget «%(label)s» aggiunto alla home.")
    if action == "remove":
        services.remove_widget(access=access, function_id=function_id)
        return _("Widget «%(label)s» tolto dalla home.")
    if action == "reset":
        services.reset_widgets(access=access)
        return _("La home mostra di nuovo i widget del tuo profilo.")
    services.move_widget(access=access, function_id=function_id, steps=-1 if action == "up" else 1)
    return _("Widget «%(label)s» spostato.")
