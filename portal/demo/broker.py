"""The broker without a server: a folder of files, where no reader ever meets one that is half written.

Of kombu's transport only the writing is replaced: a message is written aside and moved into place whole, and a table of
queues that somebody is just writing, or that a killed process left unfinished, is read again or begun anew.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

import structlog
from kombu.transport import filesystem
from kombu.utils.json import dumps

log = structlog.get_logger(__name__)

READS, PAUSE = 20, 0.05  # a table of a few bytes is written in much less


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        part = Path(self.data_folder_out) / f".{name}.part"
        part.write_text(dumps(payload))
        os.replace(part, part.with_name(name))

    def _get(self, queue):
        """A message that cannot be read is only a bell that did not ring: the row it was about is rung for again."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                log.warning("unreadable_message", queue=queue)

    def get_table(self, exchange):
        return self._patiently(exchange, super().get_table, exchange)

    def _queue_bind(self, exchange, *args):
        return self._patiently(exchange, super()._queue_bind, exchange, *args)

    def _patiently(self, exchange, read, *args):
        for _again in range(READS):
            try:
                return read(*args)
            except ValueError:
                time.sleep(PAUSE)
        self._exchange_file(exchange).unlink(missing_ok=True)
        return read(*args)


class Transport(filesystem.Transport):
    Channel = Channel
