"""Ten different items of work, one after the other, as docs/desk.md tells them: from the first page of the console,
without leaving it, by who never saw it. Each page passes axe."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from lines.models import Line, LineState
from lines.operations.block import BlockSim
from portal import clock
from portal.contracts.access import Access
from portal.contracts.feeds.models import FeedBatch, FeedReject
from portal.operations.declare import Filing, Item
from portal.operations.models import RequestState, ServiceRequest, Shipment
from portal.operations.services import filing
from portal.site.models import SeenAs
from support.models import CallBack, Chat, DeviceTicket
from support.services import chats
from tests.portal.operations.desk import hire
from tests.support.samples import ticket

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 11, 20, 10, tzinfo=clock.ROME)


def ask(world, *lines) -> ServiceRequest:
    items = [Item(line.pk, line.number, line.number) for line in lines]
    return filing.file(Filing(BlockSim, items), contract=world.a1, filed_by=world.roa, at_the_desk=True)


class Desk:
    """An operator's browser. Every page it reaches is in the console, and accessible."""

    def __init__(self, page, axe, quiet):
        self.page, self.axe, self.quiet = page, axe, quiet

    def home(self):
        self.page.goto("/console/")
        self.look()

    def look(self):
        assert "/console/" in self.page.url, "the desk was left"
        self.quiet(self.page)
        self.axe(self.page)
        self.page.said.clear()  # axe measures with styles of its own, which the page refuses

    def follow(self, name: str, exact: bool = False):
        self.page.get_by_role("link", name=name, exact=exact).first.click()
        self.look()

    def press(self, name: str):
        self.page.get_by_role("button", name=name, exact=True).click()
        self.look()

    def reads(self, words: str):
        expect(self.page.get_by_text(words).first).to_be_visible()

    def act_on_all(self, action: str):
        """An action of a list, on what it shows."""
        self.page.locator("#action-toggle").check()
        self.page.get_by_label("Azione:").select_option(label=action)
        self.press("Vai")


def state(request) -> str:
    return ServiceRequest.objects.get(pk=request.pk).state


def test_ten_items_of_work_are_done_without_leaving_the_desk(
    world, open_page, browser_enter, axe, no_csp_reports
):
    with clock.use(MORNING):
        hire(world)
        page = browser_enter(open_page(1280), world.operator)
        desk = Desk(page, axe, no_csp_reports)
        a_request_is_worked(world, desk)
        one_is_refused_with_its_reason(world, desk)
        one_is_done_in_part_and_what_failed_is_tried_again(world, desk)
        a_parcel_leaves(world, desk)
        a_ticket_is_moved_and_its_device_replaced(world, desk)
        a_call_is_made(world, desk)
        a_chat_is_answered_and_handed_over(world, desk)
        a_line_stopped_by_a_threshold_is_let_go(world, desk)
        rejected_rows_of_a_feed_are_read(world, desk)
        the_portal_is_seen_as_somebody_sees_it(world, desk)


def a_request_is_worked(world, desk):
    request = ask(world, world.line_postpaid)
    desk.home()
    desk.press("Prendi la prossima")
    desk.page.get_by_label("Tutte le righe da lavorare").check()
    desk.press("Esegui le righe scelte")
    desk.reads("1 riga eseguita.")
    assert state(request) == RequestState.CLOSED


def one_is_refused_with_its_reason(world, desk):
    request = ask(world, world.line_both)
    desk.home()
    desk.press("Prendi la prossima")
    desk.page.get_by_text("Scarta la pratica").first.click()
    desk.page.locator("#refuse-reason").fill("Il numero è sbagliato.")
    desk.press("Scarta la pratica")
    desk.reads("Pratica scartata")
    assert state(request) == RequestState.REFUSED


def one_is_done_in_part_and_what_failed_is_tried_again(world, desk):
    request = ask(world, world.line_both, world.line_prepaid)
    desk.home()
    desk.press("Prendi la prossima")
    desk.page.get_by_role("checkbox", name=f"Scegli {world.line_both.number}").check()
    desk.press("Esegui le righe scelte")
    desk.reads("1 riga eseguita.")
    desk.page.get_by_label("Tutte le righe da lavorare").check()
    desk.page.get_by_label("Motivo").first.fill("La rete non risponde.")
    desk.press("Segna le righe scelte come non eseguite")
    desk.reads("1 riga segnata come non eseguita.")
    assert state(request) == RequestState.CLOSED
    again = filing.retry(request=ServiceRequest.objects.get(pk=request.pk), access=Access.load(world.roa))
    ServiceRequest.objects.filter(pk=again.pk).update(at_the_desk=True)
    desk.home()
    desk.press("Prendi la prossima")
    desk.reads(again.number)
    desk.page.get_by_label("Tutte le righe da lavorare").check()
    desk.press("Esegui le righe scelte")
    assert state(again) == RequestState.CLOSED
    assert Line.objects.get(pk=world.line_prepaid.pk).state == LineState.SUSPENDED


def a_parcel_leaves(world, desk):
    request = ask(world, world.line_prepaid_other)
    desk.home()
    desk.press("Prendi la prossima")
    desk.page.get_by_text("Prepara una spedizione").first.click()
    desk.page.get_by_label("Contenuto").fill("1 SIM")
    desk.page.get_by_label("Destinatario").fill("Comune di Esempio")
    desk.page.get_by_label("Indirizzo").fill("Via Roma 1, Bologna")
    desk.press("Prepara la spedizione")
    desk.page.get_by_label("Stato della spedizione").select_option("shipped")
    desk.page.get_by_label("Corriere").fill("SDA")
    desk.page.get_by_label("Codice di tracciatura").fill("TRK123")
    desk.press("Aggiorna la spedizione")
    shipment = Shipment.objects.get(request=request)
    assert (shipment.state, shipment.tracking_code) == ("shipped", "TRK123")


def a_ticket_is_moved_and_its_device_replaced(world, desk):
    made = ticket(world.a1, world.roa)
    desk.home()
    desk.follow("ticket aperti")
    desk.follow(made.number)
    desk.page.get_by_label("Nuovo stato").select_option("working")
    desk.page.get_by_label("Nota (per chiudere").fill("Prepariamo un apparato nuovo.")
    desk.press("Cambia stato")
    desk.reads("Stato del ticket cambiato.")
    desk.page.get_by_label("IMEI sostitutivo").fill("490154203237518")
    desk.page.get_by_label("Modello sostitutivo").fill("Samsung Galaxy A16")
    desk.press("Aggiorna la sostituzione")
    desk.page.get_by_role("combobox", name="Sostituzione").select_option("shipped")
    desk.page.get_by_label("Corriere").fill("SDA")
    desk.page.get_by_label("Codice di spedizione").fill("TRK124")
    desk.press("Aggiorna la sostituzione")
    desk.press("Aggiorna la sostituzione")  # delivered: the only step left
    desk.page.get_by_label("Nuovo stato").select_option("closed")
    desk.page.get_by_label("Nota (per chiudere").fill("Apparato sostituito.")
    desk.press("Cambia stato")
    made = DeviceTicket.objects.get(pk=made.pk)
    assert (made.state, made.replacement, made.replacement_imei) == ("closed", "delivered", "490154203237518")


def a_call_is_made(world, desk):
    call = CallBack.objects.create(
        user=world.roa, contract=world.a1, phone="051234567", due_from=clock.now(), booked_at=clock.now()
    )
    desk.home()
    desk.follow("chiamate da fare")
    desk.reads(call.phone)
    desk.act_on_all("Segna come chiamata fatta")
    desk.reads("1 chiamata chiusa.")
    assert CallBack.objects.get(pk=call.pk).state == CallBack.State.CALLED


def a_chat_is_answered_and_handed_over(world, desk):
    chat = chats.start(access=Access.load(world.employee))
    chats.say(chat=chat, side="user", author=world.employee, text="La mia SIM non funziona")
    desk.home()
    desk.follow("chat in attesa")
    desk.follow(world.employee.get_full_name())
    desk.reads("La mia SIM non funziona")
    desk.press("Prendi in carico")
    desk.page.get_by_label("Messaggio", exact=True).fill("Buongiorno, controllo subito.")
    desk.page.get_by_label("Messaggio", exact=True).press("Enter")
    desk.reads("Buongiorno, controllo subito.")
    desk.page.get_by_label("Passa a").select_option(label=str(world.colleague))
    desk.press("Passa la chat")
    desk.reads("Chat passata.")
    assert Chat.objects.get(pk=chat.pk).operator == world.colleague


def a_line_stopped_by_a_threshold_is_let_go(world, desk):
    stopped = Line.objects.filter(pk=world.line_both.pk)
    stopped.update(state=LineState.SUSPENDED, suspended_by=Line.SuspendedBy.THRESHOLD)
    desk.home()
    desk.follow("linee ferme per una soglia")
    desk.reads(world.line_both.number)
    desk.act_on_all("Sblocca le linee scelte")
    desk.reads("1 linea sbloccata.")
    assert stopped.get().state == LineState.ACTIVE


def rejected_rows_of_a_feed_are_read(world, desk):
    batch = FeedBatch.objects.create(
        kind="lines", name="linee-20.csv", sha256="a", state="done", read=9, rejected=1
    )
    FeedReject.objects.create(batch=batch, line=7, reason="Numero di linea sbagliato", raw="331x")
    desk.home()
    desk.follow("Come stanno i flussi dati")
    desk.follow("linee-20.csv")
    desk.reads("Numero di linea sbagliato")


def the_portal_is_seen_as_somebody_sees_it(world, desk):
    desk.home()
    desk.page.get_by_label("Numero, ICCID, contratto, ente o nome").fill("maria rossi")
    desk.press("Cerca")
    desk.follow("Vedi il portale come questa persona")
    desk.page.get_by_label("Perché vuoi vedere").fill("Chiamata 12")
    desk.page.get_by_role("button", name="Inizia").click()
    expect(desk.page.get_by_text("Stai vedendo il portale come")).to_be_visible()
    desk.quiet(desk.page)
    desk.axe(desk.page)
    desk.page.said.clear()
    desk.page.locator(".pc-see-as button").click()
    desk.reads("Sei di nuovo nella console")
    desk.look()
    assert SeenAs.objects.get().reason == "Chiamata 12"
