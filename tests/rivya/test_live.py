"""Harmless reads against a real Rivya: RIVYA_LIVE_KEY, and RIVYA_LIVE_URL when it is not the public service."""

import os
from collections.abc import AsyncIterator

import pytest

from console import rivya

KEY = rivya.Secret(os.environ.get("RIVYA_LIVE_KEY", ""))
BASE_URL = os.environ.get("RIVYA_LIVE_URL", "https://rivya.ai")


@pytest.fixture
async def transport() -> AsyncIterator[rivya.Transport]:
    async with rivya.Transport() as transport:
        yield transport


@pytest.fixture
def client(transport: rivya.Transport) -> rivya.Client:
    return rivya.Client(transport, base_url=BASE_URL, api_key=KEY)


async def test_the_catalogue_needs_no_key(transport: rivya.Transport) -> None:
    models = await rivya.Client(transport, base_url=BASE_URL).models.list()
    assert any(model.is_callable for model in models)


async def test_the_contract_needs_no_key(transport: rivya.Transport) -> None:
    assert "paths" in await rivya.Client(transport, base_url=BASE_URL).openapi()


async def test_the_key_reads_its_balance(client: rivya.Client) -> None:
    assert (await client.credits.retrieve()).current_credits >= 0


async def test_an_unknown_task_is_missing(client: rivya.Client) -> None:
    with pytest.raises(rivya.Missing):
        await client.generations.retrieve("task_that_never_was")


async def test_sessions_and_endpoints_can_be_listed(client: rivya.Client) -> None:
    await client.chat.sessions()
    await client.endpoints.list()
    await client.events.list()


async def test_a_wrong_key_is_refused(transport: rivya.Transport) -> None:
    with pytest.raises(rivya.KeyRefused) as caught:
        await rivya.Client(transport, base_url=BASE_URL, api_key="rvya_sk_wrong").credits.retrieve()
    assert caught.value.request_id
