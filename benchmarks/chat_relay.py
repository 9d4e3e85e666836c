"""What a chat stream costs on its way through us, against nginx as a plain proxy of the same load in the same run.

    .venv/bin/python -m benchmarks.chat_relay [--turns 1 50 200 500 1000] [--rows nginx raw product] [--seconds 8]

One server process on one core; the upstream and the readers on another. Every turn gets 50 deltas a second; at most
20 begin a second. Rows: `nginx` (buffering off), `raw` (our client in a bare ASGI view), `product` (the console as it
runs for people: signed in, asked by POST, stored, resumable, Markdown drawn on the server). `DATABASE_URL` chooses
another database than SQLite. Columns, in milliseconds unless named otherwise:

    ask       from the POST to the first delta on the reader's side, median and p99
    first     from the moment the upstream wrote the first delta to its arrival, median
    p50, p99  the same for every delta of the measured seconds; a delta has arrived when a drawing that shows it has
    CPU       of the server's processes, microseconds a delta, over the measured seconds
    memory    growth of the server's resident memory, KiB a stream
"""

import argparse
import ctypes
import json
import os
import pickle
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.chat_product import Product
from benchmarks.chat_readers import Order
from tests.stack import answers, eventually, free_ports, inherited, prepare, settings_for

SERVER_CORE, LOAD_CORE = 0, 1
TURNS = (1, 50, 200, 500, 1000)
ROWS = ("nginx", "raw", "product")
BEGIN_A_SECOND = 20
NGINX = """
worker_processes 1; daemon off; user root; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 8192; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_buffering off; proxy_http_version 1.1; }}
    }}
}}
"""
PLAIN = (
    "POST /api/v1/chat/completions/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Accept: text/event-stream\r\nContent-Length: {length}\r\n\r\n{body}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, nargs="+", default=TURNS)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=ROWS)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long every turn is measured together (8)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what it started is ended with it
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    os.sched_setaffinity(0, {LOAD_CORE})
    rows = [row for row in asked.rows if row != "nginx" or shutil.which("nginx")]
    if rows != list(asked.rows):
        print("There is no nginx on this machine: its row is left out.")
    print(f"load average {os.getloadavg()[0]:.1f}; {database()}; measured for {asked.seconds} s")
    columns = ("ask", 8), ("ask p99", 8), ("first", 7), ("p50", 7), ("p99", 8), ("CPU", 6), ("memory", 7)
    print(f"{'row':8} turns {' '.join(f'{name:>{width}}' for name, width in columns)}  done")
    with tempfile.TemporaryDirectory() as folder:
        for turns in asked.turns:
            for row in rows:
                measure(row, turns, asked.seconds, Path(folder))


def database() -> str:
    return os.environ.get("DATABASE_URL", "SQLite").partition(":")[0]


def measure(row: str, turns: int, seconds: float, folder: Path) -> None:
    web, upstream = free_ports(2)
    rivya = f"http://127.0.0.1:{upstream}"
    relay = SERVERS[row](web, rivya, folder)
    with running([sys.executable, "-m", "benchmarks.chat_upstream", str(upstream)], LOAD_CORE), relay as served:
        server, asking = served
        requests = asking(turns)  # takes long on a busy machine: before any time is set
        ramp = max(turns / BEGIN_A_SECOND, 0.1)
        begin = time.monotonic_ns() // 1000 + 3_000_000
        start = begin + int((ramp + 1.5) * 1e6)
        end = start + int(seconds * 1e6)
        until = end + 500_000
        order = Order(
            port=web,
            requests=requests(until),
            begin_us=begin,
            ramp_seconds=ramp,
            from_us=start,
            to_us=end,
            done=b'"status": "done"' if row == "product" else b"event: done",
            give_up_us=until + 20_000_000 + turns * 20_000,
        )
        report(row, turns, watched(server, order, idle=memory(server)))


def watched(server: int, order: Order, idle: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.chat_readers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as readers:
        assert readers.stdin
        assert readers.stdout
        os.sched_setaffinity(readers.pid, {LOAD_CORE})
        pickle.dump(order, readers.stdin)
        readers.stdin.close()
        sleep_until(order.from_us)
        before = cpu_seconds(server)
        sleep_until(order.to_us)
        spent, grown = cpu_seconds(server) - before, memory(server) - idle
        found: dict[str, Any] = json.load(readers.stdout)
    turns = len(order.requests)
    return found | {
        "cpu_us": spent * 1e6 / max(found["deltas"], 1),
        "core": spent / ((order.to_us - order.from_us) / 1e6),
        "kib": grown / 1024 / turns,
        "expected": turns * 50 * (order.to_us - order.from_us) / 1e6,
    }


def report(row: str, turns: int, found: Mapping[str, Any]) -> None:
    print(
        f"{row:8} {turns:5} {found['started_ms']:8.1f} {found['started_p99_ms']:8.1f} {found['first_ms']:7.1f} "
        f"{found['p50_ms']:7.1f} {found['p99_ms']:8.1f} {found['cpu_us']:6.1f} {found['kib']:7.1f}  "
        f"{found['done']}/{turns}  "
        f"({found['deltas'] / found['expected']:.0%} of the deltas, {found['core']:.2f} of a core)",
        flush=True,
    )


# So many questions, and then until when (of CLOCK_MONOTONIC, in microseconds) their answers go on.
Asking = Callable[[int], Callable[[int], list[bytes]]]
Serving = Iterator[tuple[int, Asking]]


def plain(turns: int) -> Callable[[int], list[bytes]]:
    def requests(until: int) -> list[bytes]:
        body = json.dumps({"model": "gpt-5-2-chat", "message": f"until={until}"})
        return [PLAIN.format(length=len(body), body=body).encode()] * turns

    return requests


@contextmanager
def nginx(port: int, rivya: str, folder: Path) -> Serving:
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, upstream=rivya.rpartition(":")[2]))
    with running(["nginx", "-c", str(config), "-p", str(folder)], SERVER_CORE, words="") as server:
        time.sleep(0.5)
        yield server, plain


@contextmanager
def raw(port: int, rivya: str, _folder: Path) -> Serving:
    command = ["-m", "gunicorn", "-k", "uvicorn_worker.UvicornWorker", "--bind", f"127.0.0.1:{port}"]
    application = "benchmarks.chat_raw_relay:application"
    environment = {**inherited(), "RIVYA_BASE_URL": rivya}
    with running([sys.executable, *command, application], SERVER_CORE, environment, words="") as server:
        time.sleep(2)
        yield server, plain


@contextmanager
def product(port: int, rivya: str, folder: Path) -> Serving:
    data = folder / f"data-{port}"
    prepare(data, folder / "static")
    environment = settings_for(data, folder / "static", f"http://127.0.0.1:{port}", rivya)
    # One person asks all of it: what they may otherwise do in a minute, and hold open, is no part of the measure.
    environment |= {"LIMIT_QUESTIONS_PER_MINUTE": "0", "LIMIT_STREAMS": "0"}
    environment |= {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
    made = Product(environment)
    command = ["-m", "gunicorn", "-c", "console/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    with running(
        [sys.executable, *command, "console.asgi:application"],
        SERVER_CORE,
        environment | {"LOG_LEVEL": "INFO"},
        words="",
    ) as server:
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"), within_seconds=30)
        warm_up(port, made.asking(2)(time.monotonic_ns() // 1000 + 4_000_000))
        yield server, made.asking
        made.check()


def warm_up(port: int, requests: list[bytes]) -> None:
    """The first requests of a process read templates and certificates: they are asked before anything is measured."""
    for request in requests:
        with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
            connection.sendall(request)
            while connection.recv(65536):
                pass


SERVERS = {"nginx": nginx, "raw": raw, "product": product}


@contextmanager
def running(
    command: list[str], core: int, environment: Mapping[str, str] | None = None, *, words: str = "ready"
) -> Iterator[int]:
    """A process group on one core; killed at the end."""

    def pinned() -> None:
        os.sched_setaffinity(0, {core})
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # an interrupted benchmark leaves nothing running

    out = subprocess.PIPE if words else subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=out,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=pinned,  # noqa: PLW1509
    )
    try:
        if process.stdout:
            assert words.encode() in process.stdout.readline()
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def of_group(group: int) -> Iterator[tuple[Path, list[str]]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            yield stat.parent, fields


def cpu_seconds(group: int) -> float:
    """User and system time of a process group."""
    ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in of_group(group))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(group: int) -> int:
    """Resident bytes of a process group, shared pages counted once a process."""
    return sum(int(fields[21]) for _, fields in of_group(group)) * os.sysconf("SC_PAGE_SIZE")


def sleep_until(moment_us: int) -> None:
    time.sleep(max(0.0, moment_us / 1e6 - time.monotonic()))


if __name__ == "__main__":
    main()
