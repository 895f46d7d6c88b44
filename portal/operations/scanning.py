"""Asks a ClamAV daemon about an upload. Switched on by the setting `UPLOADS["scanner"]`."""

from __future__ import annotations

import socket
import struct

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)

CHUNK = 1 << 16
SECONDS = 20


def clamd(name: str, content: bytes) -> str:
    """Words of refusal, or nothing. A daemon that does not answer refuses: unseen files are not taken."""
    try:
        answer = _ask(content)
    except OSError:
        log.exception("scanner_silent")
        return _("Ora non possiamo controllare i file: riprova tra qualche minuto.")
    if answer.endswith(b"OK"):
        return ""
    log.warning("upload_infected", answer=answer[:80].decode("ascii", "replace"))
    return _("L'antivirus ha rifiutato questo file.")


def _ask(content: bytes) -> bytes:
    host, _colon, port = settings.UPLOADS["clamd"].rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as daemon:
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (part := daemon.recv(1024)):
            answer += part
    return answer.rstrip(b"\0 \n")
