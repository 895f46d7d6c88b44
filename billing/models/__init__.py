"""What it costs."""

from billing.models.bundle import Allowance
from billing.models.cost_centre import CostAssignment, CostCentre, CostShare, CostSplit
from billing.models.invoice import Invoice, InvoiceLine
from billing.models.outside import OutsideModule
from billing.models.payment import Payment, PaymentNotice, SavedMethod
from billing.models.price_list import PriceList
from billing.models.tem import SavedAnalysis, UsagePeak
from billing.models.tim_tuo import (
    Arrangement,
    Debit,
    DebitBatch,
    DebitState,
    DualBillingOption,
    PackageProduct,
    PackageSection,
    PayBy,
    PersonalAccount,
    PersonalPackage,
)
from billing.models.top_up import AutoTopUpMode, MonthlyException, MonthlyTopUp, TopUp, TopUpRule
from billing.models.traffic import Kind, LegalHold, Payer, TrafficDay, TrafficEvent, Zone
from billing.models.usage import MEASURES, ContractDay, Freshness, LineDay, LineMonth
from billing.models.wallet import Basket, Movement, MovementKind, Wallet

__all__ = [
    "MEASURES",
    "Allowance",
    "Arrangement",
    "AutoTopUpMode",
    "Basket",
    "ContractDay",
    "CostAssignment",
    "CostCentre",
    "CostShare",
    "CostSplit",
    "Debit",
    "DebitBatch",
    "DebitState",
    "DualBillingOption",
    "Freshness",
    "Invoice",
    "InvoiceLine",
    "Kind",
    "LegalHold",
    "LineDay",
    "LineMonth",
    "MonthlyException",
    "MonthlyTopUp",
    "Movement",
    "MovementKind",
    "OutsideModule",
    "PackageProduct",
    "PackageSection",
    "PayBy",
    "Payer",
    "Payment",
    "PaymentNotice",
    "PersonalAccount",
    "PersonalPackage",
    "PriceList",
    "SavedAnalysis",
    "SavedMethod",
    "TopUp",
    "TopUpRule",
    "TrafficDay",
    "TrafficEvent",
    "UsagePeak",
    "Wallet",
    "Zone",
]
