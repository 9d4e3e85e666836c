"""The sandbox as a real process on a free port, and the calls that its tests make often."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
DEMO = "rvya_sk_sandbox_demo_0000000000000001"
OTHER = "rvya_sk_sandbox_other_0000000000000002"
NOSCOPE = "rvya_sk_sandbox_noscope_000000000000003"
REVOKED = "rvya_sk_sandbox_revoked_000000000000004"
EXPIRED = "rvya_sk_sandbox_expired_000000000000005"


class Sandbox:
    """A running sandbox, and the calls that the tests make often."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options or ("--control", "--speed", "100")
        self.defaults: dict[str, Any] = {}
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(self.data), *self.options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("sandbox ready on "), line
        self.url = line.split()[-1]
        self.http = httpx.Client(base_url=self.url, timeout=10, trust_env=False)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.http.close()
        os.kill(self.process.pid, how)
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def api(self, method: str, path: str, key: str | None = DEMO, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        headers |= more.pop("headers", {})
        return self.http.request(method, f"/api/v1{path}", headers=headers, **more)

    def generate(
        self, model: str = "z-image", prompt: str = "A calm sea", idempotency_key: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        key = more.pop("key", DEMO)
        return self.api("POST", "/generations", key, headers=headers, json={"model": model, "prompt": prompt} | more)

    def finished(self, task: str, key: str = DEMO) -> dict[str, Any]:
        """Read a job until its state is final."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.api("GET", f"/generations/{task}", key).json()
            if job["status"] in ("succeeded", "failed"):
                return job
            time.sleep(0.02)
        raise AssertionError(job)

    def upload(
        self, content: bytes, kind: str = "image", key: str = DEMO, name: str = "a.bin", **fields: str
    ) -> httpx.Response:
        return self.api("POST", "/files", key, files={"file": (name, content)}, data={"kind": kind} | fields)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/_sandbox{path}", content=None if body is None else json.dumps(body))
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, fault: str, path: str = "/api/v1/generations", **more: Any) -> None:
        match = {"path": path} | more.pop("match", {})
        self.control("POST", "/faults", {"match": match, "fault": fault} | more)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.control("GET", "/state")
        return state


def png(side: int = 8, colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "PNG")
    return buffer.getvalue()


def wait_until(look: Callable[[], Any], within_seconds: float = 30) -> None:
    """Look again and again until there is something true to see."""
    deadline = time.monotonic() + within_seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {within_seconds} s"
