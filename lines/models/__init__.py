"""What the administration owns."""

from lines.models.barring import ImeiBlock, NetworkBar
from lines.models.catalogue import NetworkCategory, RifProfile, SwapReason
from lines.models.device import Device, DeviceAssignment, DeviceService
from lines.models.inventory import InventoryRow, InventoryTotal
from lines.models.ledger import Holding
from lines.models.line import MOVES, BillingType, Line, LineState, OverUse, TariffPlan
from lines.models.service import ContractService, DualBilling, LineService
from lines.models.sim import SimAssignment, SimCard

__all__ = [
    "MOVES",
    "BillingType",
    "ContractService",
    "Device",
    "DeviceAssignment",
    "DeviceService",
    "DualBilling",
    "Holding",
    "ImeiBlock",
    "InventoryRow",
    "InventoryTotal",
    "Line",
    "LineService",
    "LineState",
    "NetworkBar",
    "NetworkCategory",
    "OverUse",
    "RifProfile",
    "SimAssignment",
    "SimCard",
    "SwapReason",
    "TariffPlan",
]
