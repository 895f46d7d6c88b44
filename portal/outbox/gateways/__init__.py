"""Where messages leave the house. Settings name one class for SMS and one for e-mail by dotted path."""

from portal.outbox.gateways.base import Gateway, PermanentFailure, TemporaryFailure
from portal.outbox.gateways.http import HttpSmsGateway
from portal.outbox.gateways.smpp import SmppGateway
from portal.outbox.gateways.smtp import SmtpGateway

__all__ = [
    "Gateway",
    "HttpSmsGateway",
    "PermanentFailure",
    "SmppGateway",
    "SmtpGateway",
    "TemporaryFailure",
]
