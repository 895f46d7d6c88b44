"""The customer-service desk of billing."""

from billing import hold_admin, outside_admin, price_list_admin  # noqa: F401 - they register their pages
from billing.tim_tuo import admin as tim_tuo_admin  # noqa: F401
from billing.topups import admin as top_up_admin  # noqa: F401
