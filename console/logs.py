"""Logs: one JSON object a line on standard output, with the request id, and nothing that could be a secret."""

import logging
import logging.config
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_SHAPES = re.compile(
    r"(rvya_sk_|whsec_|dt_)[A-Za-z0-9_\-]{4,}|(?<=[?&])[A-Za-z_\-]*(?:sig|token|key|signature)[A-Za-z_\-]*=[^&\s\"']+"
)
_SLASH = r"(?:/|%(?:25)*2f|\\/)+"


def _written(word: str) -> str:
    """The word however its letters are written in an address: plain, or as `%6A`, also encoded twice."""
    codes = ((re.escape(letter), f"{ord(letter):x}", f"{ord(letter.upper()):x}") for letter in word)
    return "".join(f"(?:{letter}|%(?:25)*(?:{small}|{large}))" for letter, small, large in codes)


# Addresses whose end opens something: an invitation, a reset, a confirmation, a webhook's door. A refused request does
# not use it up, so all that comes after goes, in whatever spelling: it may be one that works.
_PLACES = (("join",), ("hooks",), ("confirm-email",), ("password", "reset", "key"))
SECRET_PATHS = re.compile(
    f"({_SLASH}(?:{'|'.join(_SLASH.join(map(_written, place)) for place in _PLACES)}){_SLASH})[^\\s\"'<>?&#]+",
    re.IGNORECASE,
)


def logging_config(level: str) -> None:
    """Send everything, ours and the libraries', through one JSON formatter at the given level."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        redact,
                        structlog.processors.JSONRenderer(),
                    ],
                    "foreign_pre_chain": [structlog.stdlib.ExtraAdder(), *shared],
                }
            },
            "filters": {"refusals": {"()": Refusals}},
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": sys.stdout,
                    "formatter": "json",
                    "filters": ["refusals"],
                }
            },
            "root": {"handlers": ["stdout"], "level": level},
            # These print bodies, SQL, addresses or a page's context at DEBUG: they stay at WARNING always.
            "loggers": {
                name: {"level": "WARNING"}
                for name in (
                    "httpx",
                    "httpcore",
                    "django.db.backends",
                    "django.template",
                    "huey",
                    "asyncio",
                    "PIL",
                    "libav",
                )
            },
        }
    )


class Refusals(logging.Filter):
    """A request that is refused (4xx) is no fault of the program: its line has no trace, and is a warning at most."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and status < 500:
            record.exc_info = record.exc_text = None
            record.levelno = min(record.levelno, logging.WARNING)
            record.levelname = logging.getLevelName(record.levelno)
        return True


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace keys, signing secrets, tokens, signed queries and the ends of secret addresses, at any depth."""
    for name, value in event.items():
        if not name.startswith("_"):  # structlog's own, which is taken out before anything is written
            event[name] = _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return SECRET_PATHS.sub(r"\1[redacted]", SECRET_SHAPES.sub("[redacted]", value))
        case dict():
            return {key: _redacted(item) for key, item in value.items()}
        case list() | tuple():
            return [_redacted(item) for item in value]
        case int() | float() | bool() | None:
            return value
        case BaseException() | bytes():
            return _redacted(str(value))
        case _:  # a request, say, whose repr holds its address
            return _redacted(repr(value))
