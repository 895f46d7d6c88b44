from django.urls import path

from portal.lists import views
from portal.lists.lists import MyExports

app_name = "lists"

urlpatterns = [
    path("", MyExports.as_view(), name="exports"),
    path("in-corso/", views.running, name="running"),
    path("<int:pk>/stato/", views.state, name="export-state"),
    path("<int:pk>/scarica/", views.download, name="export-download"),
    path("<int:pk>/annulla/", views.cancel, name="export-cancel"),
    path("<int:pk>/elimina/", views.delete, name="export-delete"),
]
