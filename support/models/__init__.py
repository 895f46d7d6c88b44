"""Who helps: outside platforms, contacts, tickets, chats, points of assistance, manuals."""

from support.models.callbacks import CallBack
from support.models.chats import Chat, ChatMessage, Side
from support.models.manuals import Manual, TerminalModel
from support.models.platforms import ContractPlatform, Platform
from support.models.points import Place, ServicePoint
from support.models.tickets import DeviceTicket, TicketChange, TicketState

__all__ = [
    "CallBack", "Chat", "ChatMessage", "ContractPlatform", "DeviceTicket", "Manual", "Place", "Platform",
    "ServicePoint", "Side", "TerminalModel", "TicketChange", "TicketState",
]  # fmt: skip
