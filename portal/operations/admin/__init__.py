"""The console of requests and orders: a queue to work, and orders to look up."""

from portal.operations.admin import answers, orders, queue  # noqa: F401
