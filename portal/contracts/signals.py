"""What upper floors may hear of the contracts."""

from django.dispatch import Signal

# Sent when a person chose another contract; arguments: request, previous, chosen. Drafts of another contract
# are dropped by whoever keeps them (Q88).
contract_changed = Signal()
