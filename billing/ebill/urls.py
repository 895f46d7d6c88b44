"""The pages of eBill, below «ebill/»."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from billing.ebill import (
    bundles,
    centre_views,
    file_flow,
    invoice_lists,
    invoice_pages,
    operations,
    overview,
    top_ups,
    traffic_lists,
    traffic_pages,
)
from portal.lists.writers import FORMATS
from portal.operations.views import flow_urls


class FileFormat(StringConverter):
    regex = "|".join(FORMATS)


class Level(StringConverter):
    regex = "centri|linee"


register_converter(FileFormat, "file_format")
register_converter(Level, "centre_level")

urlpatterns = [
    path("", overview.start, name="ebill"),
    path("fatture/<int:pk>/", invoice_pages.company, name="ebill-invoice"),
    path("fatture/<int:pk>/linee/", invoice_lists.InvoiceNumbers.as_view(), name="ebill-numbers"),
    path("fatture/<int:pk>/servizi/", invoice_lists.InvoiceServices.as_view(), name="ebill-services"),
    path("fatture/<int:pk>/voci/", invoice_lists.InvoiceItems.as_view(), name="ebill-items"),
    path("fatture/<int:pk>/centri/", invoice_pages.by_centre, name="ebill-invoice-centres"),
    path(
        "fatture/<int:pk>/centri.<file_format:file_format>",
        invoice_pages.by_centre_file,
        name="ebill-centres-file",
    ),
    path("mie/<int:pk>/", invoice_pages.personal, name="ebill-own-invoice"),
    path("traffico/abbonamenti/", traffic_lists.PostpaidTraffic.as_view(), name="ebill-postpaid"),
    path("traffico/abbonamenti/<int:pk>/", traffic_pages.postpaid_line, name="ebill-postpaid-line"),
    path("traffico/ricaricabili/", traffic_lists.PrepaidTraffic.as_view(), name="ebill-prepaid"),
    path("traffico/ricaricabili/<int:pk>/", traffic_pages.prepaid_line, name="ebill-prepaid-line"),
    path("bundle/", bundles.BundleMonitor.as_view(), name="ebill-bundles"),
    path("credito/", top_ups.Credit.as_view(), name="ebill-credit"),
    path("ricariche/", top_ups.TopUpMovements.as_view(), name="ebill-top-ups"),
    path("centri/", centre_views.centres, name="centres"),
    path(
        "centri/<centre_level:level>.<file_format:file_format>",
        centre_views.centres_file,
        name="centres-file",
    ),
    path("centri/nuovo/", centre_views.centre_new, name="centre-new"),
    path("centri/esempio.csv", file_flow.sample_file, name="centres-sample"),
    path("centri/<int:pk>/", centre_views.centre, name="centre"),
    path("centri/<int:pk>/modifica/", centre_views.centre_change, name="centre-change"),
    path("centri/<int:pk>/elimina/", centre_views.centre_remove, name="centre-remove"),
    *flow_urls(operations.AssignFlow),
    *flow_urls(file_flow.FileFlow),
]
