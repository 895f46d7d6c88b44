from django.urls import path

from portal.demo import bank_views, style, views

app_name = "demo"

urlpatterns = [
    path("", views.index, name="index"),
    path("telefono/<str:number>/", views.phone, name="phone"),
    path("posta/<str:address>/", views.mailbox, name="mailbox"),
    path("posta/messaggio/<int:pk>/html/", views.mail_html, name="mail_html"),
    path("posta/allegato/<int:pk>/", views.attachment, name="attachment"),
    path("banca/<slug:token>/", bank_views.page, name="bank"),
    path("stile/", style.style_guide, name="style"),
]
