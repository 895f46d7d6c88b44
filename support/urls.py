from django.urls import path

from portal.operations.views import flow_urls
from support.lists.manuals import ManualList
from support.lists.tickets import TicketList
from support.models.platforms import PlatformCode
from support.operations import contact, smas, terminals, web
from support.operations.tickets import TicketFlow
from support.views import callbacks, chats, contacts, manuals, points, tickets
from support.views.platforms import platform_page

app_name = "support"

urlpatterns = [
    path("contatti/", contacts.contacts, name="contacts"),
    *(path(f"servizi/{code.value}/", platform_page(code), name=code.value) for code in PlatformCode),
    *flow_urls(smas.SmasHelpFlow),
    *flow_urls(smas.CredentialsFlow),
    path("chat/", chats.landing, name="chat"),
    path("chat/finestra/", chats.window, name="chat-window"),
    path("chat/inizia/", chats.start, name="chat-start"),
    path("chat/invia/", chats.send, name="chat-send"),
    path("chat/scrive/", chats.typing, name="chat-typing"),
    path("chat/novita/", chats.news, name="chat-news"),
    path("chat/interrompi/", chats.stop, name="chat-stop"),
    path("chiamata/", callbacks.call_back, name="call-back"),
    path("chiamata/annulla/", callbacks.cancel, name="call-back-cancel"),
    *flow_urls(contact.ContactFlow),
    path("modelli/", manuals.terminal_models, name="terminal-models"),
    *flow_urls(terminals.TerminalFlow),
    path("ticket/apparati/", tickets.pick_device, name="pick-device"),
    path("ticket/punti/", tickets.pick_point, name="pick-point"),
    *flow_urls(TicketFlow, "ticket/"),
    path("ticket/", TicketList.as_view(), name="tickets"),
    path("ticket/<slug:number>/", tickets.ticket, name="ticket"),
    path("punti/", points.points, name="points"),
    *flow_urls(web.WebFlow),
    path("manuali/", ManualList.as_view(), name="manuals"),
    path("manuali/<int:pk>/file/", manuals.manual_file, name="manual-file"),
]
