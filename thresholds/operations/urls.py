"""The pages of what can be asked about thresholds."""

from __future__ import annotations

from portal.operations.views import flow_urls
from thresholds.operations import activation, cessation, variation

urlpatterns = [
    *flow_urls(activation.ActivationFlow),
    *flow_urls(variation.VariationFlow),
    *flow_urls(variation.RoamingVariationFlow),
    *flow_urls(cessation.CessationFlow),
]
