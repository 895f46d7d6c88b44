"""An SMSC: `smsc.py <port> <journal> [--receipts during|before|later]`.

The end of the number decides: …0000 is an unknown destination, …1111 is throttled; a receipt tells that …9999
could not be delivered and every other was. Receipts come within the session after the answer, before the
answer, or later to the next session that binds.
"""

from __future__ import annotations

import argparse
import asyncio
import json

import smpp34


class Smsc:
    def __init__(self, options):
        self.options = options
        self.sessions: dict[str, smpp34.Esme] = {}
        self.kept: list[tuple[str, str, str]] = []
        self.count = 0

    async def serve(self) -> None:
        server = smpp34.Server(host="127.0.0.1", port=self.options.port, system_id="smsc")
        await server.start()
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self.sessions[event.session_id] = event
                if self.options.receipts == "later" and self.kept and event.can_receive:
                    self._soon(self._give_what_was_kept(event))
            elif isinstance(event, smpp34.Unbound):
                self.sessions.pop(event.session_id, None)
            elif isinstance(event, smpp34.SubmitSmEvent):
                self._soon(self._taken(event))

    def _soon(self, work) -> None:
        self.tasks = {task for task in getattr(self, "tasks", set()) if not task.done()}
        self.tasks.add(asyncio.ensure_future(work))

    async def _taken(self, event) -> None:
        if event.destination_addr.endswith("0000"):
            return event.reject(smpp34.ESME_RINVDSTADR)
        if event.destination_addr.endswith("1111"):
            return event.reject(smpp34.ESME_RTHROTTLED)
        self.count += 1
        name = f"smsc-{self.count}"
        self._write_down(event, name)
        state = "UNDELIV" if event.destination_addr.endswith("9999") else "DELIVRD"
        receipt = (
            event.destination_addr,
            event.source_addr,
            f"id:{name} sub:001 dlvrd:001 stat:{state} err:034",
        )
        if self.options.receipts == "before":
            await self._deliver(self.sessions[event.session_id], receipt)
        event.accept(name)
        if self.options.receipts == "during":
            await self._deliver(self.sessions[event.session_id], receipt)
        elif self.options.receipts == "later":
            self.kept.append(receipt)
        return None

    async def _give_what_was_kept(self, session) -> None:
        kept, self.kept = self.kept, []
        for receipt in kept:
            try:
                await self._deliver(session, receipt)
                await self._deliver(session, receipt)  # an SMSC that missed our answer sends again
            except smpp34.SmppError:  # the session ended meanwhile: the next one gets it
                self.kept.append(receipt)

    async def _deliver(self, session, receipt) -> None:
        source, destination, text = receipt
        await session.deliver_sm(
            source_addr=source, destination_addr=destination, esm_class=0x04, short_message=text.encode()
        )

    def _write_down(self, event, name: str) -> None:
        entry = {
            "id": name,
            "from": event.source_addr,
            "from_ton": event.source_addr_ton,
            "to": event.destination_addr,
            "to_ton": event.dest_addr_ton,
            "coding": event.data_coding,
            "esm_class": event.esm_class,
            "registered": event.registered_delivery,
            "bytes": event.short_message.hex(),
        }
        with open(self.options.journal, "a") as journal:
            journal.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("journal")
    parser.add_argument("--receipts", choices=("during", "before", "later"), default="during")
    asyncio.run(Smsc(parser.parse_args()).serve())
