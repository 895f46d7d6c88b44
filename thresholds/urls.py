from django.urls import path

from thresholds import lists, views
from thresholds.operations import urls as operations

app_name = "thresholds"

urlpatterns = [
    *operations.urlpatterns,
    path("monitoraggio/", lists.Monitor.as_view(), name="monitor"),
    path("monitoraggio/ricerca/", lists.Advanced.as_view(), name="advanced"),
    path("monitoraggio/tutte/", lists.AllLines.as_view(), name="all-lines"),
    path("monitoraggio/linea/<int:pk>/", views.line, name="line"),
    path("notifiche/", lists.History.as_view(), name="history"),
    path("notifiche/scelta/", views.choose, name="choose"),
    path("notifiche/<int:pk>/", views.notice, name="notice"),
    path("notifiche/<int:pk>/allegato.<slug:file_format>", views.attachment, name="attachment"),
]
