"""The pages of what can be asked about lines."""

from __future__ import annotations

from django.urls import path

from lines.operations import block, deferred, imei, network, over_use, rif, stock, swap, termination
from portal.operations.views import flow_urls

urlpatterns = [
    *flow_urls(over_use.OverUseFlow),
    path("attivazione-differita/istruzioni/", deferred.instructions, name="deferred-help"),
    path("attivazione-differita/esempio.csv", deferred.sample_file, name="deferred-sample"),
    *flow_urls(deferred.DeferredFlow),
    path("blocco-sim/", block.BlockPage.as_view(), name="sim-block"),
    *flow_urls(block.BlockFlow),
    *flow_urls(block.UnblockFlow),
    *flow_urls(swap.SwapFlow),
    *flow_urls(swap.OwnSwapFlow),
    path("servizi-di-rete/", network.NetworkPage.as_view(), name="network"),
    *flow_urls(network.NetworkFlow),
    path("profilo-rif/", rif.RifPage.as_view(), name="rif"),
    *flow_urls(rif.RifFlow),
    *flow_urls(stock.StockFlow),
    path("cessazione-sim/", termination.information, name="termination"),
    *flow_urls(termination.TerminationFlow),
    path("blocco-apparato/", imei.DevicePage.as_view(), name="imei-blocks"),
    *flow_urls(imei.KnownFlow),
    *flow_urls(imei.UnknownFlow),
]
