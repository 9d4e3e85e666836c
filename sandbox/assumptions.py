"""Every guess of rivya-api.md §18 as a default that the control face can change (``PUT /_sandbox/settings``)."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Store, packed


@dataclass
class Assumptions:
    """What Rivya's public pages leave open. The A-number stands behind each line."""

    create_status: int = 200  # A1: 200, 201 or 202 for the POSTs that make something
    delete_status: int = 200  # A1: 204 answers without a body
    list_extras: dict[str, Any] = field(default_factory=dict)  # A3: fields added to every list
    chat_runtime: str = "chat"  # A4
    bytes_per_mb: int = 1 << 20  # A11
    request_id_length: int = 128  # A13, characters
    normalise_params: bool = False  # A14: True corrects bad values in silence instead of refusing
    idempotency_hours: float = 24.0  # A15
    media_hours: float = 24.0  # A16, results and uploads alike
    image_seconds: list[float] = field(default_factory=lambda: [2.0, 4.0])  # A17, from and to
    audio_seconds: list[float] = field(default_factory=lambda: [3.5, 4.5])  # A17
    video_seconds: list[float] = field(default_factory=lambda: [6.0, 8.0])  # A17
    chat_seconds: float = 1.5  # A17, an answer that is not streamed
    deltas_per_second: float = 30.0
    max_attachments: int = 4  # A18
    insufficient_credits_status: int = 402  # A20
    internal_error_status: int = 500  # A20
    heartbeat_seconds: float = 15.0  # A21
    chat_on_disconnect: str = "stop"  # A22: "stop" releases the reserve, "continue" commits without a reader
    messages_field: str = "messages"  # A23
    allow_local_webhooks: bool = False  # A25: http and loopback targets
    webhook_timeout_seconds: float = 10.0  # A26
    webhook_envelope: str = "data"  # A27: the key that holds the generation
    webhook_scheme: str = "rivya"  # A28: "rivya", "standard" or "both"
    webhook_header: str = "X-Rivya-Signature"  # A28
    webhook_retry_seconds: list[float] = field(default_factory=lambda: [60, 300, 1800, 7200, 43200])  # A29
    webhook_speed: float = 1.0  # A29: 60 turns a minute's wait into a second
    webhook_disable_after: int = 20  # A29
    rate_limit_per_minute: int = 0  # A34 says 60; 0 is off, since a demo that polls would starve
    rate_limit_header: bool = True  # A34
    tokens_per_credit: int = 1000  # A35
    public_api_enabled: bool = True
    files_processing_seconds: float = 0.0  # an upload reads "processing" for so long
    failure_refund: bool = True  # False: a failed job keeps its charge unless its plan says otherwise
    media_pixels: int = 1024  # long side of images; videos get half of it at most 640
    speed: float = 1.0  # divides every job's and chat answer's time
    delay_seconds: float = 0.0  # slow everything: added before every answer
    clock_offset_seconds: float = 0.0
    webhook_mischief: dict[str, Any] = field(default_factory=dict)  # see webhook_mischief.py

    def change(self, changes: dict[str, Any]) -> None:
        """Set several at once; ``ValueError`` names the first that does not exist or has the wrong type."""
        known = {one.name for one in dataclasses.fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"there is no setting called {name}")
            if not _fits(getattr(self, name), value):
                raise ValueError(f"{name} must be like {getattr(self, name)!r}")
        for name, value in changes.items():
            setattr(self, name, float(value) if isinstance(getattr(self, name), float) else value)

    def save(self, store: Store) -> None:
        for name, value in dataclasses.asdict(self).items():
            store.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, packed(value))


def load_assumptions(store: Store) -> Assumptions:
    """Return the stored settings; names of an older sandbox are passed over."""
    assumptions = Assumptions()
    known = {one.name for one in dataclasses.fields(assumptions)}
    rows = store.all("SELECT name, value FROM settings")
    assumptions.change({row["name"]: json.loads(row["value"]) for row in rows if row["name"] in known})
    return assumptions


def _fits(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool):
        return isinstance(old, bool) and isinstance(new, bool)
    if isinstance(old, int | float):
        return isinstance(new, int) or (isinstance(old, float) and isinstance(new, float))
    return isinstance(new, type(old))
