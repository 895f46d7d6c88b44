from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.operations.approval_lists import Approvals
from portal.operations.lists import MyRequests, OrderHistory, RequestHistory
from portal.operations.views import approvals, requests

app_name = "operations"


class RequestNumber(StringConverter):
    regex = r"7-[0-9]{11}"


class OrderNumber(StringConverter):
    regex = r"[0-9]{11}"


register_converter(RequestNumber, "request_number")
register_converter(OrderNumber, "order_number")

urlpatterns = [
    path("storico/", RequestHistory.as_view(), name="history"),
    path("ordini/", OrderHistory.as_view(), name="orders"),
    path("ordini/<order_number:number>/", requests.order_page, name="order"),
    path("ordini/<order_number:number>/spedizione/", requests.shipment, name="shipment"),
    path("approvazioni/", Approvals.as_view(), name="approvals"),
    path("approvazioni/<request_number:number>/", approvals.approval, name="approval"),
    path("mie/", MyRequests.as_view(), name="mine"),
    path("<request_number:number>/", requests.request_page, name="request"),
    path("<request_number:number>/stato/", requests.live, name="live"),
    path("<request_number:number>/documento/<int:pk>/", requests.document, name="document"),
    path("<request_number:number>/riprova/", requests.retry, name="retry"),
    path("<request_number:number>/ritira/", approvals.withdraw, name="withdraw"),
    path("<request_number:number>/avviso/", requests.notify, name="notify"),
]
