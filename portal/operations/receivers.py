"""What this app does when something happens on the floors below."""

from __future__ import annotations

from django.contrib import messages
from django.dispatch import receiver
from django.utils.translation import gettext as _

from portal.contracts.signals import contract_changed
from portal.operations.services import drafts


@receiver(contract_changed)
def drop_drafts_of_the_other_contract(sender, request, previous, chosen, **kwargs):
    """A request begun on one contract cannot go on under another (S-04, Q88)."""
    if drafts.discard_of_other_contracts(user=request.user, contract=chosen):
        messages.warning(
            request,
            _("Le richieste non ancora inviate sul contratto %(number)s sono state annullate.")
            % {"number": previous.number if previous else ""},
        )
