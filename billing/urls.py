from django.urls import include, path

from billing import invoice_views, lists, price_list_views
from billing.ebill.urls import urlpatterns as ebill
from billing.own.urls import urlpatterns as own_usage
from billing.payments.urls import urlpatterns as payments
from billing.tem.urls import urlpatterns as tem
from billing.tim_tuo.urls import urlpatterns as tim_tuo
from billing.topups.urls import urlpatterns as top_ups

app_name = "billing"

urlpatterns = [
    path("fatture/", lists.CompanyInvoices.as_view(), name="invoices"),
    path("fatture/<int:pk>/pdf/", invoice_views.company_pdf, name="invoice-pdf"),
    path("fatture/<int:pk>/dati/", invoice_views.company_flat, name="invoice-flat"),
    path("listino/", price_list_views.price_list, name="price-list"),
    *own_usage,
    *payments,
    *tim_tuo,
    *top_ups,
    path("ebill/", include(ebill)),
    path("tem/", include(tem)),
]
