"""Where an SMS provider reports what became of a message. The contract is in docs/outbox.md."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal import functions
from portal.outbox.gateways.http import is_signed
from portal.outbox.receipts import record_receipt

LONGEST_BODY = 1_000_000
MOST_RECEIPTS = 1000
_FINAL = {"delivered": True, "failed": False}


@csrf_exempt
@require_POST
def receipts(request):
    """Public, but only the provider can sign. Sent twice, a receipt changes nothing the second time."""
    request.function = functions.get(receipts.function)
    if not settings.SMS_HTTP["receipt_secret"]:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LONGEST_BODY:
        return HttpResponse(status=413)
    if not is_signed(request.headers.get("X-Portal-Signature", ""), request.body):
        return HttpResponse(status=401)
    try:
        reports = [_report(item) for item in _items(request.body)]
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=400)
    return JsonResponse({"recorded": sum(record_receipt(**report) for report in reports if report)})


# This floor lies below `contracts`, whose decorator checks persons; here the signature is the check.
receipts.function = "webhook"


def _items(body: bytes) -> list:
    items = json.loads(body)["receipts"]
    if not isinstance(items, list) or len(items) > MOST_RECEIPTS:
        raise ValueError
    return items


def _report(item: dict) -> dict | None:
    """What to record; None for a state that is not the end."""
    reference, state = item["id"], item["state"]
    if not (isinstance(reference, str) and 0 < len(reference) <= 120 and reference.isprintable()):
        raise ValueError
    if state not in _FINAL:
        return None
    return {"reference": reference, "delivered": _FINAL[state], "error": str(item.get("error") or "")[:300]}
