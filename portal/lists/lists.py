"""«I miei Export» (7.2.4): itself a declared list."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from portal.lists.columns import Column, InstantColumn
from portal.lists.declarations import Empty
from portal.lists.models import ExportJob
from portal.lists.pages import ListPage
from portal.lists.tables import PortalTable


class _DrawnColumn(Column):
    """A cell with buttons, drawn by a template."""

    def __init__(self, verbose_name, template: str, **kwargs):
        super().__init__(verbose_name, empty_values=(), fixed=True, exclude_from_export=True, **kwargs)
        self.template = template

    def render(self, record, table):
        return render_to_string(self.template, {"export": record}, request=table.request)


class ExportTable(PortalTable):
    requested_at = InstantColumn(_("Data richiesta"), fixed=True, initial_sort_descending=True)
    type = Column(_("Tipo richiesta"), fixed=True)
    state = _DrawnColumn(_("Stato richiesta"), "lists/exports/state.html", order_by="shown_state")
    download = _DrawnColumn(
        _("Scarica"), "lists/exports/download.html", orderable=False, css="pc-cell-actions"
    )
    bin = _DrawnColumn(_("Elimina"), "lists/exports/bin.html", orderable=False, css="pc-cell-actions")


class MyExports(ListPage):
    function = "7.2.4"
    queryset = ExportJob.objects.all()
    table = ExportTable
    default_order = ("-requested_at",)
    totals = _("Tot. export")
    noun = _("export")
    empty = Empty(_("Non hai ancora chiesto nessun export."))
    choose_columns = False
    template_name = "lists/exports/page.html"

    def get_queryset(self):
        return super().get_queryset().with_state().select_related("job")

    def get_context(self) -> dict:
        return {"kept_days": 30}
