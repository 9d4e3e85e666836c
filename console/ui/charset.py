"""Text comes in UTF-8. Whoever says otherwise would choose the codec that reads their form, and some of Python's fail.

`base64` is no text at all, `unicode_escape` makes halves of surrogate pairs that no database takes, and Django reads a
form of addresses in nothing but UTF-8.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils.decorators import sync_and_async_middleware

from console.ui import problems
from console.ui.problem_views import answer

UTF8: Final = {"", "utf-8", "utf8", "us-ascii", "ascii"}
FORMS: Final = {"multipart/form-data", "application/x-www-form-urlencoded"}


class Utf8Request(ASGIRequest):
    """Headers of a request, and of the parts of a form, may name a codec for one value alone (`filename*=`)."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except ValueError:  # a codec that does not exist, or cannot read the value: then it is a form of no kind
            self.content_type, self.content_params = "", {}

    def parse_file_upload(self, META: Any, post_data: Any) -> Any:  # noqa: N803 - Django's name
        """Raises MultiPartParserError, which is answered with 400."""
        fields, files = super().parse_file_upload(META, post_data)
        names = [*fields, *files, *(each.name for _, several in files.lists() for each in several)]
        if not all(map(_is_writable, names)):
            raise MultiPartParserError("A name that no bytes can hold.")
        return fields, files


@sync_and_async_middleware
def utf8_only(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Refuses a form in another encoding with 415, before anything reads it. What is no form is read as UTF-8.

    Stands before the CSRF check, which reads the form. A view without that check (the webhook door) reads bytes.
    """

    def begin(request: HttpRequest) -> None:
        named = str((request.content_params or {}).get("charset", ""))
        request.is_other_charset = named.strip().lower().replace("_", "-") not in UTF8  # type: ignore[attr-defined]
        request.encoding = "utf-8"

    def refused(request: HttpRequest, view: Any, *_: object) -> HttpResponse | None:
        is_form = request.content_type in FORMS and not getattr(view, "csrf_exempt", False)
        return answer(request, problems.from_status(415)) if is_form and request.is_other_charset else None  # type: ignore[attr-defined]

    if iscoroutinefunction(get_response):

        async def passed_async(request: HttpRequest) -> HttpResponseBase:
            begin(request)
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        async def refused_async(request: HttpRequest, view: Any, *_: object) -> HttpResponse | None:
            return await sync_to_async(refused)(request, view)

        passed_async.process_view = refused_async  # type: ignore[attr-defined]
        return passed_async

    def passed(request: HttpRequest) -> HttpResponseBase:
        begin(request)
        return cast(HttpResponseBase, get_response(request))

    passed.process_view = refused  # type: ignore[attr-defined]
    return passed


def _is_writable(text: str | None) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text or "")
