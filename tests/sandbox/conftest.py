"""Running sandboxes: one for all tests, or one of a test's own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.process import Sandbox


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes with options of one's own; all are stopped at the end."""
    running: list[Sandbox] = []

    def begin(*options: str) -> Sandbox:
        running.append(Sandbox(tmp_path / f"{len(running)}.sqlite", *options))
        return running[-1]

    yield begin
    for one in running:
        if one.process is not None and one.process.poll() is None:
            one.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = Sandbox(tmp_path_factory.mktemp("sandbox") / "shared.sqlite")
    yield running
    running.stop()


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """The shared sandbox with every switch back where it was; jobs and money of earlier tests stay in it."""
    if not shared.defaults:
        shared.defaults = shared.control("GET", "/settings")
    shared.control("DELETE", "/faults")
    shared.control("DELETE", "/outcomes")
    shared.control("PUT", "/settings", shared.defaults)
    return shared


@pytest.fixture
def account(sandbox: Sandbox) -> str:
    """The key of a fresh account with 100 credits."""
    name = f"account-{time.monotonic_ns()}"
    sandbox.control("POST", "/accounts", {"name": name, "credits": 100})
    sandbox.control("POST", "/keys", {"account": name, "key": f"rvya_sk_{name}"})
    return f"rvya_sk_{name}"
