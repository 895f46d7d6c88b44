"""The phone and the mailbox of the demo."""

from __future__ import annotations

from io import BytesIO

from csp.decorators import csp_replace
from django.db.models import Count, Max
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.contracts.views import serves
from portal.demo.models import DemoAttachment, DemoMail, DemoSms

SHOWN = 100


@require_GET
@never_cache
@serves("demo")
def index(request):
    """Who has received something: one telephone a number, one mailbox an address."""
    phones = DemoSms.objects.values("number").annotate(count=Count("pk"), last=Max("sent_at"))
    boxes = DemoMail.objects.values("recipient").annotate(count=Count("pk"), last=Max("sent_at"))
    context = {
        "page_title": _("Telefoni e caselle della dimostrazione"),
        "phones": phones.order_by("-last")[:SHOWN],
        "boxes": boxes.order_by("-last")[:SHOWN],
    }
    return render(request, "demo/index.html", context)


@require_GET
@never_cache
@serves("demo")
def phone(request, number: str):
    received = DemoSms.objects.filter(number=number)[:SHOWN]
    if request.GET.get("format") == "json":
        return JsonResponse([_sms(sms) for sms in received], safe=False)
    context = {"page_title": _("Telefono %s") % number, "number": number, "received": received}
    return render(request, "demo/phone.html", context)


@require_GET
@never_cache
@serves("demo")
def mailbox(request, address: str):
    received = DemoMail.objects.filter(recipient=address.lower()).prefetch_related("attachments")[:SHOWN]
    if request.GET.get("format") == "json":
        return JsonResponse([_mail(mail) for mail in received], safe=False)
    context = {"page_title": _("Posta di %s") % address, "address": address, "received": received}
    return render(request, "demo/mailbox.html", context)


# A mail brings its own style. It is shown alone on its page, and can do nothing there.
@require_GET
@never_cache
@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": ["'none'"],
        "sandbox": ["allow-popups", "allow-top-navigation-by-user-activation"],
        **{
            name: ["'none'"]
            for name in ("script-src", "font-src", "connect-src", "manifest-src", "form-action")
        },
    }
)
@serves("demo")
def mail_html(request, pk: int):
    return HttpResponse(get_object_or_404(DemoMail, pk=pk).html)


@require_GET
@never_cache
@serves("demo")
def attachment(request, pk: int):
    found = get_object_or_404(DemoAttachment, pk=pk)
    content = BytesIO(bytes(found.content))
    return FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)


def _sms(sms: DemoSms) -> dict:
    return {"sender": sms.sender, "text": sms.text, "sent_at": sms.sent_at.isoformat()}


def _mail(mail: DemoMail) -> dict:
    return {
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "sent_at": mail.sent_at.isoformat(),
        "message_id": mail.message_id,
        "links": mail.links,
        "attachments": [
            {
                "name": a.name,
                "content_type": a.content_type,
                "size": len(a.content),
                "url": reverse("demo:attachment", args=(a.pk,)),
            }
            for a in mail.attachments.all()
        ],
    }
