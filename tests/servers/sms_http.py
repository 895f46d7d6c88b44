"""An SMS provider that keeps the contract of docs/outbox.md: `sms_http.py <port> <journal>`.

The end of the number decides: …0000 is refused (422), …1111 put off (429), …2222 answered with nonsense, …3333 sent elsewhere (307);
the token «wrong» is not let in (401).
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TAKEN: dict[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        refusals = {"0000": 422, "1111": 429}
        if self.headers["Authorization"] == "Bearer wrong":
            return self._answer(401, {})
        if (code := refusals.get(body["to"][-4:])) is not None:
            return self._answer(code, {})
        if body["to"].endswith("3333") and self.path != "/elsewhere":
            return self._answer(307, {}, Location="/elsewhere")
        if body["to"].endswith("2222"):
            return self._answer(200, ["nonsense"])
        if key in TAKEN:
            return self._answer(409, {"ids": [TAKEN[key]]})
        TAKEN[key] = f"http-{len(TAKEN) + 1}"
        with open(sys.argv[2], "a") as journal:
            journal.write(json.dumps({"key": key, **body}) + "\n")
        return self._answer(202, {"ids": [TAKEN[key]]})

    def _answer(self, code: int, body, **headers) -> None:
        content = json.dumps(body).encode()
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
