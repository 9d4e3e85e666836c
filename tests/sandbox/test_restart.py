import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.sandbox.process import DEMO, ROOT, Sandbox, wait_until


def test_a_killed_sandbox_goes_on_where_it_was(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--control", "--speed", "4")
    jobs = [sandbox.generate(idempotency_key=f"key-{n}").json() for n in range(10)]
    turn = threading.Thread(target=_ask_and_be_cut_off, args=[sandbox])
    turn.start()
    wait_until(lambda: sandbox.state()["turns"])
    sandbox.kill()
    turn.join()
    sandbox.start()

    assert [sandbox.generate(idempotency_key=f"key-{n}").json() for n in range(10)] == jobs
    assert {sandbox.finished(job["id"])["status"] for job in jobs} == {"succeeded"}
    state = sandbox.state()
    assert len(state["generations"]) == 10
    assert [entry["posts"] for entry in state["idempotency"]] == [2] * 10
    assert all(entry["bodies_identical"] for entry in state["idempotency"])
    assert [turn["state"] for turn in state["turns"]] == ["released"]
    assert state["accounts"]["demo"]["balance"] == 4990


def test_settings_and_faults_survive(start: Callable[..., Sandbox]) -> None:
    sandbox = start()
    sandbox.control("PUT", "/settings", {"create_status": 202})
    sandbox.fault("unavailable", skip=1, times=2)
    assert sandbox.generate().status_code == 202
    assert sandbox.generate().status_code == 503
    sandbox.kill()
    sandbox.start()

    assert [sandbox.generate().status_code for _ in range(2)] == [503, 202]


def test_a_second_process_on_the_same_port_says_so(start: Callable[..., Sandbox]) -> None:
    sandbox = start()
    port = httpx.URL(sandbox.url).port

    assert sandbox.api("GET", "/credits", DEMO).status_code == 200
    assert _exit_code(port) == 1


def test_a_sandbox_without_a_data_file_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("sandbox ready on ")
        assert list(tmp_path.iterdir())
        running.terminate()

    assert (running.returncode, list(tmp_path.iterdir())) == (0, [])


def _exit_code(port: int | None) -> int:
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    return subprocess.run(command, cwd=ROOT, timeout=60, stderr=subprocess.DEVNULL, check=False).returncode


def _ask_and_be_cut_off(sandbox: Sandbox) -> None:
    try:
        httpx.post(
            f"{sandbox.url}/api/v1/chat/completions",
            headers={"authorization": f"Bearer {DEMO}"},
            json={"model": "gpt-5-2-chat", "message": "Think [hang]"},
            trust_env=False,
            timeout=20,
        )
    except httpx.TransportError:
        return
    raise AssertionError("the sandbox answered although it was killed")


def test_a_local_receiver_is_let_in_by_an_option(start: Callable[..., Sandbox]) -> None:
    body = {"name": "n", "url": "http://127.0.0.1:9/hooks/x/", "event_types": ["generation.failed"]}
    assert start("--local-webhooks").api("POST", "/webhooks", json=body).status_code == 200
