"""The phones and mailboxes of the demo are open to who sits before it."""

from portal.demo.models import DemoAttachment, DemoMail
from tests.samples import for_all, sample


def _mail() -> DemoMail:
    return DemoMail.objects.create(
        message_id="sample@example.org",
        sender="a@example.org",
        recipient="b@example.org",
        subject="-",
        text="-",
    )


@sample("demo:phone")
def _(world):
    return [for_all(number="3312547228")]


@sample("demo:mailbox")
def _(world):
    return [for_all(address="b@example.org")]


@sample("demo:mail_html")
def _(world):
    return [for_all(pk=_mail().pk)]


@sample("demo:attachment")
def _(world):
    mail = _mail()
    attachment = DemoAttachment.objects.create(mail=mail, name="a.csv", content_type="text/csv", content=b"a")
    return [for_all(pk=attachment.pk)]
