"""Exports belong to who asked for them, and to nobody else."""

from portal.lists.models import ExportJob
from tests.listrows import rows
from tests.samples import for_people, sample


def _export(user, contract) -> int:
    return ExportJob.objects.create(
        type="ConsistenzaDettaglioLinee",
        format="csv",
        owner=user,
        contract=contract,
        function_id="7.2.2.1",
        list_path="lines.lists.LineInventory",
    ).pk


@sample("lists:export-state", "lists:export-download", "lists:export-cancel", "lists:export-delete")
def _(world):
    return [
        for_people("roa", pk=_export(world.roa, world.a1)),
        for_people("outsider", pk=_export(world.outsider, world.b1)),
    ]


@rows
def exports(world, start, count):
    for _n in range(start, start + count):
        _export(world.roa, world.a1)
