from django.urls import path

from lines import lists, own_views, views
from lines.operations.urls import urlpatterns as operations

app_name = "lines"

urlpatterns = [
    path("consistenze/linee/", lists.LineTotals.as_view(), name="totals-lines"),
    path("consistenze/servizi-linea/", lists.LineServiceTotals.as_view(), name="totals-services"),
    path("consistenze/tim-tuo-abbonamento/", lists.DualPostpaidTotals.as_view(), name="totals-dual-postpaid"),
    path("consistenze/tim-tuo-ricaricabile/", lists.DualPrepaidTotals.as_view(), name="totals-dual-prepaid"),
    path("consistenze/apparati/", lists.DeviceTotals.as_view(), name="totals-devices"),
    path("consistenze/contratto/", lists.ContractServiceTotals.as_view(), name="totals-contract"),
    path("dettaglio/linee/", lists.LineList.as_view(), name="lines"),
    path("dettaglio/servizi-linea/", lists.LineServiceList.as_view(), name="services"),
    path("dettaglio/tim-tuo-abbonamento/", lists.DualPostpaidList.as_view(), name="dual-postpaid"),
    path("dettaglio/tim-tuo-ricaricabile/", lists.DualPrepaidList.as_view(), name="dual-prepaid"),
    path("dettaglio/apparati/", lists.DeviceServiceList.as_view(), name="devices"),
    path("dettaglio/contratto/", lists.ContractServiceList.as_view(), name="contract-services"),
    path("dettaglio/linee/<int:pk>/imei/", views.imei, name="imei"),
    path("linea/<int:pk>/", views.line, name="line"),
    path("persona/<int:pk>/", views.person, name="person"),
    path("mia/", own_views.my_sim, name="my-sim"),
    path("mia/sim/<int:pk>/imei/", own_views.my_imei, name="my-imei"),
    path("mia/sim/<int:pk>/promemoria/", own_views.memo, name="memo"),
    *operations,
]
