"""«Deleghe» (B2.7): who has which function, and until when."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.contracts import delegations
from portal.contracts.models import Delegation
from portal.lists import Column, DateColumn, Empty, Export, ListPage, MobileColumn, PortalTable, RowAction
from portal.site.company.tabs import delegation_tabs
from portal.site.templatetags.portal import badge

STATES = {"current": (_("In corso"), "ok"), "future": (_("Futura"), "info"), "over": (_("Finita"), "off")}


class DelegationTable(PortalTable):
    person = Column(_("Persona"), accessor="user", order_by=("user__last_name",), fixed=True)
    mobile_number = MobileColumn(_("N° mobile"), accessor="user__mobile_number")
    functions = Column(_("Funzioni"), orderable=False, fixed=True)
    starts_on = DateColumn(_("Dal"))
    ends_on = DateColumn(_("Al"))
    state = Column(_("Stato"), orderable=False)

    def render_person(self, record):
        return record.user.get_full_name()

    def value_person(self, record):
        return record.user.get_full_name()

    def render_functions(self, record):
        return format_html_join("", "<div>{}</div>", ((label,) for label in delegations.labels_of(record)))

    def value_functions(self, record):
        return ", ".join(map(str, delegations.labels_of(record)))

    def render_state(self, record):
        word, tone = STATES[record.state]
        return badge("", word=word, tone=tone)

    def value_state(self, record):
        return str(STATES[record.state][0])


class DelegationList(ListPage):
    function = "B2.7"
    table = DelegationTable
    default_order = ("-starts_on",)
    totals, noun = _("Tot. deleghe"), _("deleghe")
    empty = Empty(
        _("Non hai ancora affidato nessuna funzione. Una delega vale dal giorno al giorno che scegli tu.")
    )
    export = Export("Deleghe")
    template_name = "company/delegations.html"

    def get_queryset(self):
        return Delegation.objects.for_access(self.access).select_related("user")

    def row_actions(self, record):
        if record.state == "over":
            return []
        url = reverse("company:end-delegation", args=[record.pk])
        return [RowAction(_t("Chiudi adesso la delega"), url, post=True, danger=True)]

    def get_context(self):
        return {"tabs": delegation_tabs("company:delegations")}
