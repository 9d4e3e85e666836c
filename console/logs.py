"""Logs: one JSON object a line on standard output, with the request id, and nothing that could be a secret."""

import logging.config
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_SHAPES = re.compile(
    r"(rvya_sk_|whsec_|dt_)[A-Za-z0-9_\-]{4,}|(?<=[?&])[A-Za-z_\-]*(?:sig|token|key|signature)[A-Za-z_\-]*=[^&\s\"']+"
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
            "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": sys.stdout, "formatter": "json"}},
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


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace anything shaped like a key, a signing secret, a token or a signed query by `[redacted]`, at any depth."""
    for name, value in event.items():
        event[name] = _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return SECRET_SHAPES.sub("[redacted]", value)
        case dict():
            return {key: _redacted(item) for key, item in value.items()}
        case list() | tuple():
            return [_redacted(item) for item in value]
        case int() | float() | bool() | None:
            return value
        case _:
            return (
                value if not isinstance(value, BaseException | bytes) else SECRET_SHAPES.sub("[redacted]", str(value))
            )
