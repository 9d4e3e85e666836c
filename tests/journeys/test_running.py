"""`dev.py run`: one URL, one login, nothing left behind."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stack import ROOT, answers, eventually, free_ports, inherited


@contextmanager
def dev_run(log: Path, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`dev.py run`, stopped with SIGTERM as systemd or a person would."""
    with log.open("wb") as output:
        command = [sys.executable, "dev.py", "run", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=inherited(), stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_the_console_starts_says_where_it_is_and_stops_with_nothing_left_running(tmp_path: Path) -> None:
    log, data, port = tmp_path / "run.log", tmp_path / "data", free_ports(1)[0]
    with dev_run(log, "--port", str(port), "--data", str(data)) as process:
        wait_until_up(process, log)
        assert re.findall(r"https?://\S+", log.read_text()) == [f"http://localhost:{port}/"]
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        assert {path.stat().st_mode & 0o077 for path in (data, data / "keyset.json", data / "secret-key")} == {0}
    assert process.returncode == 0
    assert not answers(f"http://127.0.0.1:{port}/healthz")
    assert running_on(data) == []


def test_a_second_start_prepares_nothing_again_and_shows_the_same_login(tmp_path: Path) -> None:
    log, data, port = tmp_path / "run.log", tmp_path / "data", free_ports(1)[0]
    said = []
    for _ in range(2):
        with dev_run(log, "--port", str(port), "--data", str(data), "--no-demo") as process:
            wait_until_up(process, log)
            said.append(log.read_text())
    assert "Preparing" in said[0]
    assert "Preparing" not in said[1]
    assert re.findall("Sign in with: .*", said[0]) == re.findall("Sign in with: .*", said[1])


def test_a_killed_process_is_started_again_and_its_port_is_told_when_taken(tmp_path: Path) -> None:
    log, data, port = tmp_path / "run.log", tmp_path / "data", free_ports(1)[0]
    with dev_run(log, "--port", str(port), "--data", str(data), "--no-demo") as process:
        wait_until_up(process, log)
        command = [sys.executable, "dev.py", "run", "--port", str(port), "--data", str(tmp_path / "other")]
        second = subprocess.run(command, cwd=ROOT, env=inherited(), capture_output=True, check=False)
        assert second.returncode == 1
        assert f"Port {port} is taken" in second.stderr.decode()
        subprocess.run(["kill", "-9", *running_on(data)], check=True)
        eventually(lambda: log.read_text().count("starting it again") >= 3)
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))


def wait_until_up(process: "subprocess.Popen[bytes]", log: Path) -> None:
    eventually(lambda: "Sign in with: " in log.read_text() or process.poll() is not None, within_seconds=90)
    assert process.poll() is None, log.read_text()


def running_on(data: Path) -> list[str]:
    """Ids of the processes that were given this data directory, except dev.py itself."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"CONSOLE_DATA_DIR={data}\0".encode() in environment and b"dev.py" not in command:
            found.append(process.name)
    return found
