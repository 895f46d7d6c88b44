"""«Attivazione differita SIM» (7.3.6): by rows, by csv, all right or nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lines.models import LineState, SimCard
from lines.services import sims
from portal.operations.models import RequestState, ServiceRequest
from tests import world as people
from tests.lines.operations import Walk, went_on, work

CARD = "8939010005500000001"


@pytest.fixture
def walk(world, enter):
    return Walk(enter(world.roa), "attivazione-differita").begin()


def asleep(contract, number: str, *, with_card: bool = False):
    """A line that waits to be activated."""
    line = people.line(contract, number, state=LineState.FROZEN)
    if not with_card:
        line.sims.all().delete()
    return line


@pytest.fixture
def line(world):
    return asleep(world.a1, "3312540401")


@pytest.fixture
def spare(world):
    return sims.stock(contract=world.a1, iccid=CARD)


def type_rows(walk, *pairs):
    return walk.post("righe", numero=[a for a, _b in pairs], iccid=[b for _a, b in pairs])


def upload(walk, text: str | bytes, name: str = "sim.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return walk.post("righe", numero=[""], iccid=[""], file=SimpleUploadedFile(name, content, "text/csv"))


@pytest.mark.accepts("A-7.3.6-1", "A-7.3.6-3")
@pytest.mark.parametrize("way", ["rows", "csv", "csv with commas"])
def test_rows_and_csv_both_activate_the_cards_with_summary_and_list_and_no_order(walk, line, spare, way):
    if way == "rows":
        answer = type_rows(walk, ("331 254 0401", CARD[-10:]))
    else:
        mark = ";" if way == "csv" else ","
        answer = upload(walk, f"numero{mark}iccid\r\n3312540401{mark}{CARD}\r\n")
    assert went_on(answer)
    walk.send()
    assert not ServiceRequest.objects.exists()
    assert [row.spec.key for row in walk.page().context["documents"]] == ["riepilogo", "elenco"]
    walk.download().send()
    request = walk.one()
    assert (request.label, request.line_number) == ("Attivazione differita SIM", line.number)
    assert not hasattr(request, "order")
    assert {document.key for document in request.documents.all()} == {"riepilogo", "elenco"}
    work()
    line.refresh_from_db()
    spare.refresh_from_db()
    request.refresh_from_db()
    assert (line.state, spare.state, spare.line) == (LineState.ACTIVE, LineState.ACTIVE, line)
    assert request.state == RequestState.CLOSED


@pytest.mark.accepts("A-7.3.6-1")
def test_the_help_link_gives_instructions_and_a_sample_that_can_be_sent(walk, world):
    page = walk.html("righe")
    assert 'href="/linee/attivazione-differita/istruzioni/">Clicca qui' in page
    assert "numero;iccid" in walk.browser.get("/linee/attivazione-differita/istruzioni/").content.decode()
    sample = walk.browser.get("/linee/attivazione-differita/esempio.csv")
    assert sample["Content-Disposition"].startswith("attachment")
    asleep(world.a1, "3312540031")
    asleep(world.a1, "3312540032")
    sims.stock(contract=world.a1, iccid="8939010008552355787")
    sims.stock(contract=world.a1, iccid="8939010008552355804")
    assert went_on(upload(walk, sample.content))


@pytest.mark.accepts("A-7.3.6-2")
def test_every_wrong_row_is_told_by_its_number_and_nothing_is_kept(walk, world, line, spare):
    free = asleep(world.a1, "3312540402")
    sims.stock(contract=world.a1, iccid="8939010005500000002")
    foreign = asleep(world.b1, "3700801199")
    sims.stock(contract=world.b1, iccid="8939010005500000009")
    rows = (
        f"numero;iccid\n{line.number};{CARD}\n"
        f"331;8939010005500000002\n"
        f"{world.line_postpaid.number};8939010005500000002\n"
        f"{foreign.number};8939010005500000002\n"
        f"{free.number};{CARD}\n"
        f"{free.number};8939010005500000009\n"
        f"3312540403;12\n"
    )
    answer = upload(walk, rows)
    assert not went_on(answer)
    told = {row.position: " ".join(row.errors) for row in answer.context["wrong_rows"]}
    assert "cellulare di 10 cifre" in told[3]
    assert "già ATTIVO" in told[4]
    assert "non è tra le linee di questo contratto" in told[5]
    assert "L'ICCID è già nella riga 2" in told[6]
    assert "Il numero è già nella riga 6" in told[7] and "La SIM non è tra quelle" in told[7]
    assert "ICCID" in told[8]
    assert 2 not in told
    page = answer.content.decode()
    assert all(f"Riga {position}" in page for position in told)
    assert walk.browser.get(walk.url("confirm")).status_code == 302
    walk.send()
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.3.6-2")
def test_a_card_typed_twice_is_refused_and_what_was_typed_stays(walk, world, line, spare):
    other = asleep(world.a1, "3312540402")
    answer = type_rows(walk, (line.number, CARD), ("", ""), (other.number, CARD))
    page = answer.content.decode()
    assert "Riga 3" in page and "già nella riga 1" in page
    assert (
        page.count(f'value="{CARD}"') == 2 and f'id="numero-3" name="numero" value="{other.number}"' in page
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a;b\n1;2\n", "numero;iccid"),
        ("", "numero;iccid"),
        ("numero;iccid\n", "non contiene righe"),
        ("numero;iccid\n" + "3312540401;1\n" * 501, "più di 500 righe"),
        (b"numero;iccid\n" + b"x" * (1024 * 1024), "supera 1 MB"),
        (b"PK\x03\x04\x00\x00", "non è un csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field(walk, content, words):
    answer = upload(walk, content)
    assert not went_on(answer)
    errors = " ".join(str(error) for error in answer.context["form"].errors["file"])
    assert words in errors or "vuoto" in errors


def test_500_rows_are_taken_and_the_step_can_be_left_as_it_is(walk, world, django_assert_max_num_queries):
    from lines.models import Line

    plan = people.plan()
    Line.objects.bulk_create(
        Line(contract=world.a1, number=f"33199{n:05d}", billing_type="postpaid", plan=plan, state="frozen")
        for n in range(500)
    )
    SimCard.objects.bulk_create(
        SimCard(contract=world.a1, iccid=f"89390100077{n:08d}", state="frozen") for n in range(500)
    )
    rows = "numero;iccid\n" + "".join(f"33199{n:05d};89390100077{n:08d}\n" for n in range(500))
    with django_assert_max_num_queries(60):
        assert went_on(upload(walk, rows))
    assert "Hai caricato 500 righe" in walk.html("righe")
    assert went_on(walk.post("righe", numero=[""], iccid=[""], kept="1"))
    walk.download().send()
    assert walk.one().items.count() == 500


def test_a_line_with_its_own_sleeping_card_is_activated_with_that_card_only(walk, world, spare):
    line = asleep(world.a1, "3312540405", with_card=True)
    own = line.sims.get()
    assert "ha già la SIM" in type_rows(walk, (line.number, CARD)).content.decode()
    assert went_on(type_rows(walk, (line.number, own.iccid)))
    walk.download().send()
    work()
    line.refresh_from_db()
    assert line.state == LineState.ACTIVE


def test_a_line_with_a_request_still_open_names_it(walk, world, enter, line, spare):
    type_rows(walk, (line.number, CARD))
    walk.download().send()
    sims.stock(contract=world.a1, iccid="8939010005500000002")
    second = Walk(enter(world.roa), "attivazione-differita").begin()
    page = type_rows(second, (line.number, "5500000002")).content.decode()
    assert walk.one().number in page


def test_a_card_used_meanwhile_fails_its_item_with_a_reason(walk, line, spare):
    type_rows(walk, (line.number, CARD))
    walk.download().send()
    SimCard.objects.filter(pk=spare.pk).delete()
    work()
    request = walk.one()
    assert request.state == RequestState.REFUSED and "scorta" in request.reason
