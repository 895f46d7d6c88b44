from django.urls import path

from portal.operations.views import flow_urls
from portal.site.company import delegation_views, lists, operations, views
from portal.site.company.delegation_lists import DelegationList

app_name = "company"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("referenti/", lists.ReferentList.as_view(), name="referents"),
    path("dati-contratto/", views.contract, name="contract"),
    path("deleghe/", DelegationList.as_view(), name="delegations"),
    path("deleghe/nuova/", delegation_views.delegate, name="delegate"),
    path("deleghe/<int:pk>/chiudi/", delegation_views.end, name="end-delegation"),
    path("deleghe/approvazioni/", delegation_views.rules, name="approval-rules"),
    path("deleghe/approvazioni/<int:pk>/togli/", delegation_views.remove_rule, name="remove-rule"),
    *flow_urls(operations.ReplaceFlow, "referenti/"),
    *flow_urls(operations.EditFlow, "referenti/"),
    *flow_urls(operations.InvoiceAddressFlow, "dati-contratto/"),
    *flow_urls(operations.PapersAddressFlow, "dati-contratto/"),
]
