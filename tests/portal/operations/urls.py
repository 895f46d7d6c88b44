"""The portal and the flows of the tests."""

from django.urls import include, path

from portal.operations.views import flow_urls
from portal.urls import *  # noqa: F403 - handlers too
from portal.urls import urlpatterns as portal_urls
from tests.portal.operations.flows import FLOWS

flows = [url for flow in FLOWS for url in flow_urls(flow)]
urlpatterns = [*portal_urls, path("prove/", include((flows, "prove")))]
