from django.conf import settings
from django.urls import path, re_path

from portal.site.lists import Register
from portal.site.views import health, home, public, search

app_name = "site"

urlpatterns = [
    path("", public.agreements, name="agreements"),
    path(f"mobile{settings.BRAND['agreement']}/", public.front, name="public"),
    path("news/", public.news_list, name="news"),
    path("news/<int:pk>/", public.news_detail, name="news-detail"),
    path("documenti/", public.document_list, name="documents"),
    path("documenti/<int:pk>/file/", public.document_file, name="document-file"),
    path("testi/<slug:slug>/", public.legal, name="legal"),
    re_path(r"^testi/(?P<slug>[a-z-]+)\.(?P<kind>pdf|txt)$", public.legal_file, name="legal-file"),
    path("privacy/", public.legal, {"slug": "privacy"}, name="privacy"),
    path("cookie/", public.legal, {"slug": "cookie"}, name="cookie"),
    path("accessibilita/", public.legal, {"slug": "accessibilita"}, name="accessibility"),
    path("home/", home.home, name="home"),
    path("home/widget/", home.widget_board, name="widgets"),
    path("cerca/", search.search, name="search"),
    path("registro/", Register.as_view(), name="register"),
    path("salute/", health.alive, name="health"),
    path("salute/pronto/", health.ready, name="health-ready"),
    path("salute/lavoro/", health.working, name="health-working"),
]
