"""«Gestione referenti» (7.1.2)."""

from __future__ import annotations

from urllib.parse import quote

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.contracts.models import Referent
from portal.lists import CodeColumn, Column, Empty, ListPage, MobileColumn, PortalTable, RowAction
from portal.site.company import hooks
from portal.site.company.tabs import company_tabs


class ReferentTable(PortalTable):
    role = Column(_("Tipologia"), fixed=True, order_by=("rank",))
    tax_code = CodeColumn(_("C.F. personale"), fixed=True)
    last_name = Column(_("Cognome"), fixed=True)
    first_name = Column(_("Nome"), fixed=True)
    mobile_number = MobileColumn(_("N° mobile"), fixed=True)


class ReferentList(ListPage):
    function = "7.1.2"
    table = ReferentTable
    default_order = ("role", "last_name")
    choose_columns = False
    empty = Empty(_("Su questo contratto non risulta nessun referente."))
    template_name = "company/referents.html"

    def get_queryset(self):
        """The Master first, then as the catalogue names them."""
        ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(Referent.Role.values)]
        return Referent.objects.current().for_access(self.access).annotate(rank=Case(*ranks))

    def row_actions(self, record):
        letter = RowAction(_t("Invia una e-mail"), f"mailto:{quote(record.email, safe='@')}")
        return [*([letter] if record.email else []), *hooks.actions_on_referent(self.access, record)]

    def get_context(self):
        return {"tabs": company_tabs(self.function)}
