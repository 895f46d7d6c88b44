"""Second factors belong to one person; links in mails are open to whoever holds them, and say so when they are wrong."""

from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts.models import OpenSession
from tests.samples import for_all, for_people, sample


@sample("accounts:remove_factor")
def _(world):
    return [
        for_people(name, method="app", pk=TOTPDevice.objects.create(user=getattr(world, name), name="app").pk)
        for name in ("roa", "outsider")
    ]


@sample("accounts:recovery_mode")
def _(world):
    return [for_all(mode="username"), for_all(mode="unknown")]


@sample("accounts:reset_password", "accounts:confirm_new_email")
def _(world):
    return [for_all(uidb64="MQ", token="wrong-token")]


@sample("accounts:register_confirm")
def _(world):
    return [for_all(token="wrong")]


@sample("accounts:end_session")
def _(world):
    def opened(user):
        seal = user.get_session_auth_hash()
        return OpenSession.objects.create(
            user=user, key=f"sample-{user.pk}", seal=seal, device="Firefox · Linux"
        )

    return [for_people(name, pk=opened(getattr(world, name)).pk) for name in ("roa", "outsider")]
