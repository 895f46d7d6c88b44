from django.contrib import admin
from django.urls import path

from portal.site.desk import views

app_name = "console"

staff = admin.site.admin_view

urlpatterns = [
    path("cerca/", staff(views.find), name="find"),
    path("scheda/<slug:kind>/<str:key>/", staff(views.card), name="card"),
    path("flussi/", staff(views.feeds), name="feeds"),
    path("vedi-come/<int:pk>/", staff(views.see_as), name="see-as"),
    path("vedi-come/fine/", staff(views.see_no_more), name="see-no-more"),
]
