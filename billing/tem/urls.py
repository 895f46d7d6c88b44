"""The pages of TEM, below «tem/»."""

from __future__ import annotations

from django.urls import path

from billing.tem import lists, views

urlpatterns = [
    path("", views.overview, name="tem"),
    path("analisi/", views.analysis, name="tem-analysis"),
    path("analisi/file.<slug:ending>", views.file, name="tem-file"),
    path("salvate/<int:pk>/", views.saved, name="tem-saved"),
    path("salvate/<int:pk>/elimina/", views.delete, name="tem-saved-delete"),
    path("sprechi/", lists.UnusedLines.as_view(), name="tem-waste"),
    path("sprechi/90/", lists.UnusedLongLines.as_view(), name="tem-waste-90"),
    path("sprechi/servizi/", lists.UnusedServices.as_view(), name="tem-waste-services"),
    path("sprechi/profili/", lists.OversizedPlans.as_view(), name="tem-waste-plans"),
    path("anomalie/", lists.Peaks.as_view(), name="tem-peaks"),
]
