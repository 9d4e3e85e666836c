"""Results come from the public network: what a name leads to is looked at when it is connected to."""

import asyncio
import io
import socket
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from console import rivya
from console.rivya._addresses import is_named_local, is_public
from tests.rivya.wires import server

INSIDE = (
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
    "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1", "", "name", "0x7f.1", "2130706433",
)  # fmt: skip
OUTSIDE = (
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::8a",
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_or_leads_there_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_lies_outside_is(address: str) -> None:
    assert is_public(address)


def test_only_a_name_that_says_so_means_this_network() -> None:
    assert all(map(is_named_local, ("127.0.0.1", "[::1]", "localhost", "sandbox", "10.0.0.7", "a.localhost")))
    assert not any(map(is_named_local, ("media.example", "rivya.ai", "8.8.8.8", "localhost.example.com")))


def media_host(heard: list[bytes], answer: bytes) -> AbstractAsyncContextManager[int]:
    """A media host on this machine, which keeps all that it is sent: its port."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65536))
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    return server(meet)


def lead_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of the public network whose owner lets it lead to this machine."""
    real = socket.getaddrinfo

    def found(host: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host in ("media.example", b"media.example") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)


async def fetched(host: str, port: int) -> rivya.Media:
    async with rivya.Transport(timeout_seconds=5, max_connections=1) as transport:
        allowed = frozenset({f"{host}:{port}"})
        url = f"http://{host}:{port}/o/1.png?sig=SIGNED"
        return await rivya.fetch_media(transport, url, into=io.BytesIO(), allowed_hosts=allowed, max_bytes=1000)


WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\npng"


async def test_a_name_that_leads_inside_gets_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_home(monkeypatch)
    heard: list[bytes] = []
    async with media_host(heard, WHOLE) as port:
        with pytest.raises(rivya.NoAnswer) as caught:
            await fetched("media.example", port)
        await asyncio.sleep(0.1)
    assert not caught.value.sent
    assert b"".join(heard) == b""


async def test_what_an_operator_named_on_this_machine_is_asked() -> None:
    heard: list[bytes] = []
    async with media_host(heard, WHOLE) as port:
        assert (await fetched("127.0.0.1", port)).size_bytes == 3
    assert b"sig=SIGNED" in heard[0]


async def test_a_redirect_is_not_followed() -> None:
    heard: list[bytes] = []
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with media_host(heard, moved) as port:
        with pytest.raises(rivya.MediaRefused) as caught:
            await fetched("127.0.0.1", port)
    assert caught.value.reason == "redirect"
    assert len(heard) == 1
