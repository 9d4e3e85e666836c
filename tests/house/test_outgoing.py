"""Who speaks to the network: the client's transport, and Django's mail. Nobody else has the means."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEANS = {
    "aiohttp", "anyio", "ftplib", "http.client", "httpcore", "httpx", "requests", "smtplib", "socket", "ssl",
    "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc.client",
}  # fmt: skip
CALLS = {"create_connection", "create_datagram_endpoint", "open_connection", "sock_connect", "urlopen", "urlretrieve"}
MAY = {
    "console/notices/sending.py": {  # what it catches
        "smtplib",
        *(f"smtplib.SMTP{error}" for error in ("DataError", "HeloError", "RecipientsRefused", "SenderRefused")),
    },
    "console/rivya/transport.py": {"httpx", "ssl"},
    "console/rivya/_lines.py": {"ssl", "create_connection"},
}


def means_of(path: Path) -> set[str]:
    """What a module has in hand that could reach another machine."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Attribute) and node.attr in CALLS:
            found.add(node.attr)
    return {each for each in found if each in MEANS | CALLS or each.partition(".")[0] in MEANS}


def test_only_the_transport_speaks_to_the_network() -> None:
    found = {str(path.relative_to(ROOT)): means_of(path) for path in (ROOT / "console").rglob("*.py")}
    assert {path: means for path, means in found.items() if means} == MAY
