"""Help on the customer-service desk. Every change goes through a service."""

from support.admin import callbacks, chats, contents, platforms, points, tickets  # noqa: F401 - they register their pages
