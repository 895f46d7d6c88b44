"""An SMTP server: `smtp.py <port> <journal> [--delay seconds]`.

It takes every mail and writes it down before it says so. What the local part of the recipient begins with
decides otherwise: `later` is put off (451), `never` refused (550), `full` refused after the data (552),
`drop` is written down and the connection cut before the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self, journal: str, delay: float):
        self.journal, self.delay = journal, delay

    async def handle_RCPT(self, server, session, envelope, address, options):
        for start, refusal in (("later", "451 later"), ("never", "550 never")):
            if address.startswith(start):
                return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("full"):
            return "552 mailbox full"
        entry = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode("latin-1"),
        }
        with open(self.journal, "a") as journal:
            journal.write(json.dumps(entry) + "\n")
        if envelope.rcpt_tos[0].startswith("drop"):
            server.transport.abort()
        await asyncio.sleep(self.delay)
        return "250 taken"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("journal")
    parser.add_argument("--delay", type=float, default=0)
    options = parser.parse_args()
    controller = Controller(Handler(options.journal, options.delay), hostname="127.0.0.1", port=options.port)
    controller.start()
    asyncio.new_event_loop().run_forever()
