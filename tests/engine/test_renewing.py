"""Long work under a short lease: it goes on while the lease is renewed, and is stopped when somebody else has it."""

import asyncio

import pytest

from console.engine.renewing import LeaseLost, while_renewing


async def test_work_that_ends_gives_its_result_and_the_lease_was_renewed_meanwhile() -> None:
    renewed: list[bool] = []
    third = asyncio.Event()

    async def work() -> str:
        await asyncio.wait_for(third.wait(), 10)
        return "done"

    def renew() -> bool:
        renewed.append(True)
        if len(renewed) == 3:
            loop.call_soon_threadsafe(third.set)
        return True

    loop = asyncio.get_running_loop()
    assert await while_renewing(work(), renew, 0.01) == "done"
    assert len(renewed) >= 3


async def test_work_whose_lease_is_lost_is_stopped() -> None:
    stopped = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    with pytest.raises(LeaseLost):
        await while_renewing(work(), lambda: False, 0.01)
    assert stopped.is_set()


async def test_a_failure_of_the_work_comes_through() -> None:
    async def work() -> None:
        raise OSError

    with pytest.raises(OSError):
        await while_renewing(work(), lambda: True, 0.01)
