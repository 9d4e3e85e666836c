"""Reference media (`rivya-api.md` §4)."""

from typing import Any, BinaryIO, ClassVar

from ._exchange import Call, Upload
from ._sending import Sender
from .secret import Secret
from .types import Answer, Id, Moment

_UPLOAD_SECONDS = 300.0


class File(Answer, frozen=True, kw_only=True):
    """An uploaded file. Generations name it by `url` (see `reference`), chat attachments by `id`."""

    vital: ClassVar[tuple[str, ...]] = ("id", "kind", "url")

    id: Id
    kind: str
    url: Secret
    duration_token: Secret | None = None
    name: str | None = None
    mime_type: str | None = None
    size_bytes: int | None = None
    duration_seconds: float | None = None
    status: str | None = None
    created_at: Moment | None = None

    @property
    def is_available(self) -> bool:
        """Whether it may be used; a missing status counts as available (A12)."""
        return self.status in (None, "available")

    def reference(self) -> dict[str, Any]:
        """The item for `params.referenceMediaItems`, in Rivya's camelCase (§4.3); `encode` opens the Secrets in it."""
        item = {
            "url": self.url,
            "kind": self.kind,
            "name": self.name,
            "mimeType": self.mime_type,
            "durationSeconds": self.duration_seconds,
            "durationToken": self.duration_token,
        }
        return {field: value for field, value in item.items() if value is not None}


class FileCalls:
    """`client.files`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def upload(
        self,
        file: bytes | BinaryIO,
        *,
        name: str,
        mime_type: str,
        kind: str,
        model: str | None = None,
        client_request_id: str | None = None,
    ) -> File:
        """Upload reference media; `kind` is image, video or audio. Uploads cost nothing, so a lost one is sent again.

        A file object is read from its start at each attempt and must be seekable and binary. Raises `RivyaError`.
        """
        form = {"kind": kind, "model": model, "client_request_id": client_request_id}
        parts = {field: value for field, value in form.items() if value is not None}
        call = Call(
            "POST",
            "/api/v1/files",
            upload=Upload(file, name, mime_type, parts),
            timeout_seconds=_UPLOAD_SECONDS,
            repeatable=True,
        )
        del file, name, form, parts  # a traceback shows locals
        received = await self._sender.exchange(call)
        return received.one(File)

    async def retrieve(self, file_id: str) -> File:
        """A file's metadata; `Missing` when unknown or another account's. Raises `RivyaError`."""
        received = await self._sender.exchange(Call("GET", "/api/v1/files/{file_id}", ids=(file_id,), repeatable=True))
        return received.one(File)
