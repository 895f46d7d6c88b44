"""What the administration owns, listed."""

from lines.lists.aggregate import (
    ContractServiceTotals,
    DeviceTotals,
    DualPostpaidTotals,
    DualPrepaidTotals,
    LineServiceTotals,
    LineTotals,
)
from lines.lists.detail import (
    ContractServiceList,
    DeviceServiceList,
    DualPostpaidList,
    DualPrepaidList,
    LineList,
    LineServiceList,
)

__all__ = [
    "ContractServiceList",
    "ContractServiceTotals",
    "DeviceServiceList",
    "DeviceTotals",
    "DualPostpaidList",
    "DualPostpaidTotals",
    "DualPrepaidList",
    "DualPrepaidTotals",
    "LineList",
    "LineServiceList",
    "LineServiceTotals",
    "LineTotals",
]
