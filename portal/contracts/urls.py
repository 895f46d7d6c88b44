from django.urls import path

from portal.contracts import views
from portal.contracts.places.views import municipalities

app_name = "contracts"

urlpatterns = [
    path("contratto/", views.choose, name="choose"),
    path("comuni/", municipalities, name="municipalities"),
]
