"""«Manuali dei servizi web» (7.7.10)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.lists import Column, Empty, ListPage, PortalTable
from portal.site.templatetags.portal import icon
from support import pages
from support.models import Manual


class ManualTable(PortalTable):
    title = Column(_("Titolo manuale"), fixed=True)
    about = Column(_("Riguarda"))
    download = Column(_("Scarica PDF"), accessor="pk", orderable=False, fixed=True)

    def render_download(self, record):
        return format_html(
            '<a class="pc-icon-button" href="{}" download>{}</a>',
            reverse("support:manual-file", args=[record.pk]),
            icon("it-file-pdf", label=_t("Scarica il manuale «%(title)s»") % {"title": record.title}),
        )


class ManualList(ListPage):
    function = "7.7.10"
    queryset = Manual.objects.all()
    table = ManualTable
    default_order = ("title",)
    totals, noun = _("Tot. manuali"), _("manuali")
    empty = Empty(_("Non ci sono ancora manuali da scaricare."))
    choose_columns = False
    template_name = "support/list.html"

    def get_context(self):
        return pages.frame(self.request)
