"""Drafts, requests (pratiche), orders (ordini), and what became of each item."""

from portal.operations.models.drafts import (
    Draft,
    DraftDocument,
    DraftImport,
    DraftImportRow,
    DraftItem,
    DraftUpload,
)
from portal.operations.models.orders import Order, OrderState, Shipment
from portal.operations.models.oversight import ApprovalRule, CannedAnswer, DeskNote
from portal.operations.models.requests import (
    Priority,
    RequestDocument,
    RequestItem,
    RequestState,
    ServiceRequest,
    StateChange,
)

__all__ = [
    "ApprovalRule",
    "CannedAnswer",
    "DeskNote",
    "Draft",
    "DraftDocument",
    "DraftImport",
    "DraftImportRow",
    "DraftItem",
    "DraftUpload",
    "Order",
    "OrderState",
    "Priority",
    "RequestDocument",
    "RequestItem",
    "RequestState",
    "ServiceRequest",
    "Shipment",
    "StateChange",
]
