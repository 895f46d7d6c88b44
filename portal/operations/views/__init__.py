"""The web face of operations. Apps mount their flows with `flow_urls`."""

from portal.operations.views.routes import flow_urls

__all__ = ["flow_urls"]
