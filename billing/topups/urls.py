"""The pages of company top-ups."""

from __future__ import annotations

from django.urls import path

from billing.topups import lists, views
from billing.topups.operations import automatic, monthly, once
from portal.operations.views import flow_urls

urlpatterns = [
    *flow_urls(monthly.MonthlyFlow),
    path("ricariche/", views.choose, name="top-ups"),
    path("ricariche/automatiche/", lists.Rules.as_view(), name="top-up-rules"),
    path("ricariche/storico/", lists.TopUps.as_view(), name="company-top-ups"),
    *flow_urls(once.TopUpOnceFlow),
    *flow_urls(automatic.StartTimedFlow),
    *flow_urls(automatic.StartLowFlow),
    *flow_urls(automatic.ChangeTimedFlow),
    *flow_urls(automatic.ChangeLowFlow),
    *flow_urls(automatic.StopTimedFlow),
    *flow_urls(automatic.StopLowFlow),
]
