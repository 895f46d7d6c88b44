"""A tenth of trials D1, D2 and D4 of reliability; the whole ones are commands of `tests/load`."""

from __future__ import annotations

from tests.load import money_cases, traffic_fuzz, traffic_orders

CONTRACT = "888010088938"


def lines_of(world):
    return [(CONTRACT, line.number) for line in (world.line_postpaid, world.line_prepaid, world.line_both)]


def test_whatever_the_order_of_the_files_the_sums_are_those_of_a_recount(world, tmp_path):
    assert traffic_orders.run(tmp_path, lines_of(world), count=100_000, orders=2) > 0


def test_every_bad_row_of_a_hostile_file_is_named_and_every_good_one_counted(world, tmp_path):
    batch = traffic_fuzz.run(tmp_path / "fuzz.csv", lines_of(world), rows=100_000)

    assert batch.rejected > 28_000


def test_tax_and_splits_of_ten_thousand_invoices_add_up_to_the_cent():
    assert money_cases.run(10_000) == 10_000
