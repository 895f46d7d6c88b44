from django.urls import path

from portal.outbox import views

app_name = "outbox"

urlpatterns = [
    path("ricevute/", views.receipts, name="receipts"),
]
