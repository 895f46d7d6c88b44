"""A browser in which somebody has entered with password and second factor."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice


def entered(user, **client_options) -> Client:
    client = Client(**client_options)
    client.force_login(user, backend="portal.accounts.backends.PortalBackend")
    device, _new = StaticDevice.objects.get_or_create(user=user, name="test")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
