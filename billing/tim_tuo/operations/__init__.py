"""Everything that can be asked about TIM TUO. Importing it registers the operations."""

from billing.tim_tuo.operations import changes, company, packages, subscription

__all__ = ["changes", "company", "packages", "subscription"]
