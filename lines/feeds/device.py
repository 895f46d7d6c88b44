"""Devices, with the service each was bought with and the line it is used on."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lines import inventory
from lines.feeds.base import DATES, STATE, InventoryFeed, state_of
from lines.models import Device, DeviceAssignment, DeviceService, Line, LineState
from portal import clock, identifiers
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.contracts.feeds.columns import Column, amount, choices, text
from portal.contracts.feeds.registry import register
from portal.contracts.feeds.rows import Candidate

CHANGED = action("feeds.device.changed", gettext_lazy("Apparato modificato da flusso dati"))


@register
class DeviceFeed(InventoryFeed):
    """A row is a service on a device. The device itself is written first, with the line it is used on."""

    kind, label, order, closes = "devices", gettext_lazy("Apparati"), 90, True
    model = DeviceService
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("imei", identifiers.imei, needed=True),
        Column("nmu", identifiers.nmu_code, needed=True),
        Column("servizio", choices(DeviceService.Kind), needed=True),
        Column("descrizione", text(80)),
        STATE,
        *DATES,
        Column("canone", amount, blank=0),
        Column("numero", identifiers.mobile),
    )

    def resolve(self, rows, outcome):
        known = self.contracts.resolve(rows, outcome)
        used = self._lines([row for row, _contract in known])
        found, devices = [], {}
        for row, contract in known:
            state = state_of(row, outcome)
            number = row.values.get("numero", "")
            line = used.get((number, contract))
            if state is None:
                continue
            if number and line is None:
                outcome.reject(row, _("Il numero non è una linea attiva del contratto."))
                continue
            devices[row.values["imei"]] = (row, contract, line)
            found.append(Candidate(row, self._attrs(row, contract) | state))
        self._keep_devices(devices)
        for candidate in found:
            candidate.attrs["device_id"] = self.devices[candidate.attrs["imei"]].pk
        return found

    @staticmethod
    def _lines(rows) -> dict[tuple[str, int], Line]:
        numbers = {row.values["numero"] for row in rows if row.values.get("numero")}
        return {
            (line.number, line.contract_id): line
            for line in Line.objects.living().filter(number__in=numbers).order_by()
        }

    @staticmethod
    def _attrs(row, contract: int) -> dict:
        values = row.values
        attrs = {
            "contract_id": contract,
            "imei": values["imei"],
            "nmu_code": values["nmu"],
            "kind": values["servizio"],
        }
        return attrs | {
            name: values[column]
            for column, name in {"descrizione": "description", "canone": "fee"}.items()
            if column in values
        }

    def _keep_devices(self, rows: dict) -> None:
        """Devices as the rows tell them; one that appears on another contract was given back by the first."""
        present = {one.imei: one for one in Device.objects.in_use().filter(imei__in=rows).order_by()}
        elsewhere = [one.pk for one in present.values() if one.contract_id != rows[one.imei][1]]
        self._give_back(elsewhere)
        self.devices = {imei: one for imei, one in present.items() if one.pk not in set(elsewhere)}
        new = [self._device(imei, *rows[imei]) for imei in rows if imei not in self.devices]
        self._change_devices(rows)
        Device.objects.bulk_create(new, batch_size=1_000)
        self.devices |= {one.imei: one for one in new}
        begun = [
            (one, rows[one.imei][0].values.get("attivazione") or clock.today()) for one in new if one.line
        ]
        self._assign(begun)

    @staticmethod
    def _device(imei: str, row, contract: int, line: Line | None) -> Device:
        words = row.values.get("descrizione", "")
        return Device(
            contract_id=contract, imei=imei, nmu_code=row.values["nmu"], description=words, line=line
        )

    def _change_devices(self, rows: dict) -> None:
        changed, moved = [], []
        for imei, device in self.devices.items():
            row, _contract, line = rows[imei]
            values = {"nmu_code": row.values["nmu"]}
            if "descrizione" in row.values:
                values["description"] = row.values["descrizione"]
            if "numero" in row.values and device.line_id != (line.pk if line else None):
                values["line"] = line
                moved.append(device)
            if any(getattr(device, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(device, name, value)
                changed.append(device)
        Device.objects.bulk_update(changed, ["nmu_code", "description", "line"], batch_size=500)
        today = clock.today()
        DeviceAssignment.objects.filter(device__in=moved, ends_on=None).update(ends_on=today)
        self._assign([(device, today) for device in moved if device.line])

    @staticmethod
    def _assign(begun: list) -> None:
        """The device is with whoever holds the line."""
        DeviceAssignment.objects.bulk_create(
            [
                DeviceAssignment(
                    contract_id=device.contract_id,
                    device=device,
                    line=device.line,
                    last_name=device.line.holder_last_name,
                    first_name=device.line.holder_first_name,
                    tax_code=device.line.holder_tax_code,
                    starts_on=day,
                )
                for device, day in begun
            ],
            batch_size=1_000,
        )

    @staticmethod
    def _give_back(devices: list[int]) -> None:
        today = clock.today()
        with inventory.changing(devices=devices):
            DeviceService.objects.living().filter(device__in=devices).update(
                state=LineState.CEASED, ceased_on=today
            )
            DeviceAssignment.objects.filter(device__in=devices, ends_on=None).update(ends_on=today)
            Device.objects.filter(pk__in=devices).update(returned=True, line=None)

    def identity(self, attrs):
        return attrs["device_id"], attrs["kind"]

    def touches(self, merge):
        return {"devices": {one.device_id for one in merge.written}}

    def existing(self, candidates):
        return DeviceService.objects.filter(
            device__in={one.attrs["device_id"] for one in candidates}
        ).order_by()

    def after_saving(self, merge):
        record_many(
            CHANGED,
            [
                {
                    "contract_number": self.contracts.number[one.contract_id],
                    "obj": one,
                    "changes": {
                        name: [old, getattr(one, name)] for name, old in merge.before[one.pk].items()
                    },
                }
                for one in merge.changed
            ],
        )

    def named_by(self, rows):
        codes = [row.values.get("imei") for row in rows]
        if not all(codes):
            return None
        return DeviceService.objects.filter(device__imei__in=codes).values_list("pk", flat=True)

    def close(self, ids):
        """Services that are gone; a device whose last service is gone was given back."""
        closed = 0
        for chunk in inventory.chunks(ids):
            rows = DeviceService.objects.living().filter(pk__in=chunk)
            devices = set(rows.values_list("device", flat=True))
            with inventory.changing(devices=devices):
                closed += rows.update(state=LineState.CEASED, ceased_on=clock.today())
            still = DeviceService.objects.living().filter(device__in=devices).values_list("device", flat=True)
            self._give_back(sorted(devices - set(still)))
        return closed
