"""Every address of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.accounts.language import choose

urlpatterns = [
    path("", include("portal.site.urls")),
    path("", include("portal.accounts.urls")),
    path("azienda/", include("portal.contracts.urls")),
    path("azienda/", include("portal.site.company.urls")),
    path("export/", include("portal.lists.urls")),
    path("pratiche/", include("portal.operations.urls")),
    path("linee/", include("lines.urls")),
    path("fatturazione/", include("billing.urls")),
    path("soglie/", include("thresholds.urls")),
    path("assistenza/", include("support.urls")),
    path("outbox/", include("portal.outbox.urls")),
    path("lingua/", choose, name="set_language"),
    path("console/", include("portal.site.desk.urls")),
    path("console/", admin.site.urls),
    path("passkey/", include("portal.accounts.passkey_urls")),
    *([path("demo/", include("portal.demo.urls"))] if settings.DEMO else []),
]

handler400 = "portal.site.errors.bad_request"
handler403 = "portal.site.errors.permission_denied"
handler404 = "portal.site.errors.page_not_found"
handler500 = "portal.site.errors.server_error"
