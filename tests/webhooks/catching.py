"""A real address for the sandbox to ring at: what it sends is caught, and handed on to the console's door."""

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.test import Client

Caught = tuple[str, dict[str, str], bytes]


class Catcher:
    """Listens on a port of its own; `settings.PUBLIC_URL` is set to `url` by the test."""

    def __init__(self) -> None:
        self.caught: queue.Queue[Caught] = queue.Queue()
        catcher = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
                catcher.caught.put((self.path, dict(self.headers.items()), body))

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self) -> Caught:
        return self.caught.get(timeout=30)

    def hand_on(self, caught: Caught | None = None) -> int:
        """Knock at the console with the next request, or this one, byte for byte; the status answered."""
        path, headers, body = caught or self.next()
        kept = {name: value for name, value in headers.items() if name.lower() not in {"host", "content-length"}}
        return Client().post(path, body, content_type="application/json", headers=kept).status_code

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
