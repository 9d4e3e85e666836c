"""The console as it runs for people: real sandbox, real gunicorn, real worker, on free ports, each of them killable."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
GRACE_SECONDS = 10.0
RATIONED = ("SUBMITS", "QUESTIONS", "UPLOADS", "EXPORTS", "WEBHOOK_TESTS")
Found = TypeVar("Found")


def eventually(look: Callable[[], Found], within_seconds: float = 60.0, every_seconds: float = 0.1) -> Found:
    """Look again and again until there is something true to see; what was seen last goes into the failure."""
    deadline = time.monotonic() + within_seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {within_seconds} s; last seen: {found!r}"
        time.sleep(every_seconds)
    return found


@dataclass
class Process:
    """One program of the stack. `kill` is `kill -9` of the program and of all it started."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[["Process"], bool]
    _popen: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _log_start: int = 0

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._popen = self._spawn(log)
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready(self):
            assert self.is_running, f"{self.name} ended at once:\n{self.tail()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready after {READY_SECONDS} s:\n{self.tail()}"
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, as a deploy does; killed when it is still there after the grace."""
        if self._popen and self.is_running:
            os.killpg(self._popen.pid, signal.SIGTERM)
            try:
                self._popen.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self.kill()

    def freeze(self) -> None:
        """Stop it in its tracks: what is sent to it waits in the kernel, and it does not notice who leaves."""
        assert self._popen
        os.killpg(self._popen.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        assert self._popen
        os.killpg(self._popen.pid, signal.SIGCONT)

    def restart(self, environment: Mapping[str, str] | None = None) -> None:
        """Kill it and start it again, with more settings when some are given."""
        self.kill()
        self.environment = {**self.environment, **(environment or {})}
        self.start()

    @property
    def is_running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def words(self) -> str:
        """All it has written since it was last started."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def tail(self, lines: int = 40) -> str:
        """The end of what it said; of a long line (a trace in JSON) its two ends."""
        last = self.words.splitlines()[-lines:]
        return "\n".join(line if len(line) < 1200 else f"{line[:400]} … {line[-700:]}" for line in last)

    def _spawn(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _end(self, number: signal.Signals) -> None:
        if self._popen is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, number)
        self._popen.wait(READY_SECONDS)


class Stack:
    """Sandbox, web and worker over one data directory; a context manager that leaves nothing running."""

    def __init__(self, data: Path, static: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        web_port, sandbox_port = free_ports(2)
        self.base_url = f"http://127.0.0.1:{web_port}"
        self.rivya_url = f"http://127.0.0.1:{sandbox_port}"
        self.environment = settings_for(data, static, self.base_url, self.rivya_url) | dict(settings or {})
        database = str(data / "sandbox.sqlite3")
        self.sandbox = self._process(
            "sandbox",
            ["-m", "sandbox", "--port", str(sandbox_port), "--data", database, "--seed", "7", "--control"],
            lambda process: "sandbox ready" in process.words,
        )
        self.worker = self._process("worker", ["manage.py", "work"], lambda process: "worker_started" in process.words)
        bind = ["--bind", f"127.0.0.1:{web_port}"]
        self.web = self._process(
            "web",
            ["-m", "gunicorn", "-c", "console/gunicorn.py", *bind, "console.asgi:application"],
            lambda process: answers(f"{self.base_url}/healthz"),
        )
        self.processes = (self.sandbox, self.worker, self.web)

    def __enter__(self) -> "Stack":
        try:
            for process in self.processes:
                process.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def manage(self, *arguments: str) -> str:
        """Standard output of a management command run beside the processes."""
        return manage(self.environment, *arguments)

    def seed(self, teams: Mapping[str, Any]) -> None:
        """Teams, users, keys and projects, in the form that `manage.py seed_teams` reads."""
        path = self.data / "seed.json"
        path.write_text(json.dumps(teams))
        self.manage("seed_teams", str(path))

    def state(self) -> dict[str, Any]:
        """What `manage.py export_state --json` says: jobs, keys to their charges, ledger sums per project."""
        found: dict[str, Any] = json.loads(self.manage("export_state", "--json"))
        return found

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Ask the sandbox's control face: `control("POST", "faults", {...})` (see sandbox/README.md)."""
        answer = httpx.request(method, f"{self.rivya_url}/_sandbox/{path}", json=body, timeout=60, trust_env=False)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sandbox_state(self) -> dict[str, Any]:
        """What Rivya's side knows: accounts, generations with their idempotency keys, charges, requests."""
        found: dict[str, Any] = self.control("GET", "state")
        return found

    def logs(self) -> str:
        """The last words of every process, for a failing test."""
        return "\n".join(f"── {process.name}\n{process.tail()}" for process in self.processes)

    def _process(self, name: str, arguments: list[str], is_ready: Callable[[Process], bool]) -> Process:
        return Process(name, arguments, self.environment, self.data / f"{name}.log", is_ready)


def prepare(data: Path, static: Path) -> None:
    """A data directory with keyset and empty database, and the built static files: made once, copied for each stack."""
    data.mkdir(mode=0o700)
    environment = settings_for(data, static, "http://127.0.0.1:1", "http://127.0.0.1:1")
    for command in (["make_keyset"], ["migrate", "-v0"], ["createcachetable"], ["collectstatic", "--noinput", "-v0"]):
        manage(environment, *command)


def copied(prepared: Path, data: Path) -> Path:
    """A data directory of one's own."""
    return Path(shutil.copytree(prepared, data))


def settings_for(data: Path, static: Path, base_url: str, rivya_url: str) -> dict[str, str]:
    """The whole environment of the processes: nothing of a real console leaks in."""
    secret = data / "secret-key"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48))
        secret.chmod(0o600)
    return {
        **inherited(),
        "PYTHONUNBUFFERED": "1",
        "CONSOLE_DATA_DIR": str(data),
        "CONSOLE_STATIC_ROOT": str(static),
        "CONSOLE_SECRET_KEY": secret.read_text(),
        "CONSOLE_KEYSET": str(data / "keyset.json"),
        "CONSOLE_PUBLIC_URL": base_url,
        "CONSOLE_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "RIVYA_BASE_URL": rivya_url,
        # One person of a journey does what fifty would; tests/teams/test_limits.py holds the limits.
        **dict.fromkeys(("LIMIT_STREAMS", *(f"LIMIT_{acts}_PER_MINUTE" for acts in RATIONED)), "0"),
    }


def inherited() -> dict[str, str]:
    """What a program needs of our own environment; no setting of the tests and none of a real console."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Standard output of a management command; its log lines are kept out."""
    quiet = {**environment, "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"manage.py {arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
