"""SMS by SMPP 3.4, with delivery receipts."""

from __future__ import annotations

import re
import select
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils.translation import gettext
from smpplib import consts, exceptions, gsm, smpp
from smpplib.client import Client

from portal import clock
from portal.outbox.gateways.base import PermanentFailure, TemporaryFailure, international
from portal.outbox.receipts import record_receipt

log = structlog.get_logger(__name__)

ANSWER_WITHIN = 15  # seconds, for each answer of the SMSC
IS_RECEIPT = 0x04  # in the class of a deliver_sm
FOR_GOOD = frozenset(
    {
        consts.SMPP_ESME_RINVMSGLEN,
        consts.SMPP_ESME_RINVDSTADR,
        consts.SMPP_ESME_RINVDSTTON,
        consts.SMPP_ESME_RINVDSTNPI,
        consts.SMPP_ESME_RINVEXPIRY,
        consts.SMPP_ESME_RX_P_APPN,
        consts.SMPP_ESME_RX_R_APPN,
    }
)
_RECEIPT = re.compile(r"\bid:(?P<id>\S+).*?\bstat:(?P<stat>[A-Z]+)(?:.*?\berr:(?P<err>\w+))?", re.DOTALL)
_DELIVERED = ("DELIVRD",)
_LOST = ("EXPIRED", "DELETED", "UNDELIV", "REJECTD", "UNKNOWN")  # ENROUTE and ACCEPTD are not the end
_ESCAPE = b"\x1b"


class SmppGateway:
    def send(self, message) -> list[str]:
        recipient = international(message.recipient)
        parts, coding, esm_class = split(message.text)
        with session("transceiver") as client:
            return [
                submit(
                    client,
                    short_message=part,
                    data_coding=coding,
                    esm_class=esm_class,
                    destination_addr=recipient,
                    validity_period=_validity(message),
                    **_sender(message.sender),
                )
                for part in parts
            ]


class Session(Client):
    """A client that checks the name on the certificate and never prints what it carries."""

    def __init__(self):
        context = ssl.create_default_context() if settings.SMPP["tls"] else None
        super().__init__(
            settings.SMPP["host"],
            settings.SMPP["port"],
            timeout=ANSWER_WITHIN,
            logger_name="smpp",
            ssl_context=context,
            allow_unknown_opt_params=True,
        )
        self.set_message_received_handler(received)
        self.set_error_pdu_handler(lambda pdu: log.warning("smpp_error_answer", code=int(pdu.status)))

    def _create_socket(self):
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(self.timeout)
        return self._ssl_context.wrap_socket(plain, server_hostname=self.host) if self._ssl_context else plain

    def wait_readable(self, seconds: float) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])


@contextmanager
def session(role: str) -> Iterator[Session]:
    """A bound session, closed politely. Whatever fails on the way is worth another try."""
    client = Session()
    try:
        client.connect()
        getattr(client, f"bind_{role}")(
            system_id=settings.SMPP["system_id"], password=settings.SMPP["password"]
        )
        yield client
        _unbind(client)
    except exceptions.PDUError as refusal:
        code = refusal.args[1] if len(refusal.args) > 1 else 0
        raise TemporaryFailure(gettext("Il centro SMS ha rifiutato la connessione (%d).") % code) from refusal
    except (exceptions.ConnectionError, OSError) as fault:
        raise TemporaryFailure(gettext("Il centro SMS non risponde.")) from fault
    finally:
        client.state = consts.SMPP_CLIENT_STATE_OPEN  # closing a bound session is what we mean to do
        client.disconnect()


def submit(client: Session, **fields) -> str:
    """Submit one piece and return the name the SMSC gives it. Receipts that come in between are recorded."""
    sent = client.send_message(
        dest_addr_ton=consts.SMPP_TON_INTL,
        dest_addr_npi=consts.SMPP_NPI_ISDN,
        registered_delivery=True,
        **fields,
    )
    answer = _answer_to(client, sent)
    if answer.status == consts.SMPP_ESME_ROK:
        return _text(answer.message_id)
    if answer.status in FOR_GOOD:
        raise PermanentFailure(gettext("Il centro SMS ha rifiutato il messaggio (%d).") % answer.status)
    raise TemporaryFailure(gettext("Il centro SMS ha rinviato il messaggio (%d).") % answer.status)


def split(text: str) -> tuple[list[bytes], int, int]:
    """The pieces of a message, their coding and class: GSM-7 where it can say everything, else UCS-2."""
    parts, coding, esm_class = gsm.make_parts(text)
    if coding == consts.SMPP_ENCODING_DEFAULT and any(part.endswith(_ESCAPE) for part in parts):
        # The cut fell inside a two-byte character (€ [ ] …), which some telephones then show as two.
        encode, _length, size = gsm.ENCODINGS[consts.SMPP_ENCODING_ISO10646]
        return gsm.make_parts_encoded(encode(text), size), consts.SMPP_ENCODING_ISO10646, esm_class
    return parts, coding, esm_class


def received(pdu, **_kwargs) -> int:
    """Handler of deliver_sm: receipts are recorded; what people write to a number that only speaks is let go.

    A fault here must not undo the message that is being sent in the same session: the SMSC is asked to repeat.
    """
    try:
        receipt = read_receipt(pdu)
        if receipt is not None:
            record_receipt(**receipt)
    except Exception:
        log.exception("smpp_receipt_fault")
        close_old_connections()
        return consts.SMPP_ESME_RX_T_APPN
    return consts.SMPP_ESME_ROK


def read_receipt(pdu) -> dict | None:
    """The final outcome a deliver_sm tells of, or None when it tells of none."""
    if pdu.command != "deliver_sm" or not pdu.esm_class & IS_RECEIPT:
        return None
    found = _RECEIPT.search(_text(pdu.short_message))
    state = found["stat"] if found else _STATES.get(pdu.message_state, "")
    reference = _text(pdu.receipted_message_id).rstrip("\0") or (found["id"] if found else "")
    if not reference or state not in _DELIVERED + _LOST:
        return None
    error = "" if state in _DELIVERED else " ".join(filter(None, (state, found and found["err"])))
    return {"reference": reference, "delivered": state in _DELIVERED, "error": error}


_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 7: "UNKNOWN", 8: "REJECTD"}


def listen(client: Session, *, until) -> None:
    """Take receipts until `until()` is true, keeping the session alive meanwhile."""
    heard_at = time.monotonic()
    while not until():
        if client.wait_readable(0.5):
            client.read_once()
            heard_at = time.monotonic()
        elif time.monotonic() - heard_at > ANSWER_WITHIN * 2:
            client.send_pdu(smpp.make_pdu("enquire_link", client=client))
            heard_at = time.monotonic()


def _answer_to(client: Session, sent):
    """The answer to this very request; receipts and questions of the SMSC are served in between."""
    deadline = time.monotonic() + ANSWER_WITHIN
    while time.monotonic() < deadline:
        pdu = client.read_pdu()
        if pdu.sequence == sent.sequence and pdu.command in (f"{sent.command}_resp", "generic_nack"):
            return pdu
        if pdu.command == "deliver_sm":
            client._message_received(pdu)
        elif pdu.command == "enquire_link":
            client._enquire_link_received(pdu)
    raise TimeoutError


def _unbind(client: Session) -> None:
    """The messages are taken by now: a session that ends rudely changes nothing."""
    with suppress(exceptions.PDUError, exceptions.ConnectionError, OSError):
        unbind = smpp.make_pdu("unbind", client=client)
        client.send_pdu(unbind)
        _answer_to(client, unbind)


def _sender(sender: str) -> dict:
    """A short number, a whole one, or a name: the network wants to be told which."""
    if not sender.isdecimal():
        ton, npi = consts.SMPP_TON_ALNUM, consts.SMPP_NPI_UNK
    elif len(sender) <= 6:
        ton, npi = consts.SMPP_TON_ABBREV, consts.SMPP_NPI_UNK
    else:
        ton, npi = consts.SMPP_TON_INTL, consts.SMPP_NPI_ISDN
    return {"source_addr": sender, "source_addr_ton": ton, "source_addr_npi": npi}


def _validity(message) -> str | None:
    """How long the SMSC may keep trying, as SMPP writes a time from now: YYMMDDhhmmss000R."""
    if message.expires_at is None:
        return None
    seconds = max(1, int((message.expires_at - clock.now()).total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"0000{min(days, 30):02d}{hours:02d}{minutes:02d}{seconds:02d}000R"


def _text(value: bytes | str | None) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""
