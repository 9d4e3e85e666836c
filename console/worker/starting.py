"""What the console does not start with: each reason in words, found before the first request or job.

Web (`asgi.py`) and worker (`manage.py work`) ask the same questions. Settings refuse what needs no look around.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from console.keys import canary
from console.webhooks.reachability import is_local

log = structlog.get_logger("console.start")


def refusals() -> list[str]:
    """Why the console may not start; empty when nothing speaks against it. Makes the canary at the first start."""
    found = [*_of_settings(), *_of_files()]
    try:
        found += _of_database()
    except DatabaseError as error:
        found.append(f"The database does not answer ({type(error).__name__}): see DATABASE_URL.")
    finally:
        if not connection.in_atomic_block:  # a test's
            connection.close()
    if not found and _is_plain_http():
        log.warning("public_address_without_tls", advice="Passwords and pages travel unencrypted: use https.")
    return found


def told(reasons: list[str]) -> str:
    """The reasons as the last words of a program."""
    return "\n".join(["The console does not start:", *(f"- {reason}" for reason in reasons)])


def _of_settings() -> Iterator[str]:
    if settings.DEBUG and not is_local(urlsplit(settings.PUBLIC_URL).hostname or ""):
        yield "DEBUG is on at a public address (CONSOLE_PUBLIC_URL): error pages would show settings and code."


def _of_files() -> Iterator[str]:
    yield from _open_to_others(settings.KEYSET_PATH, "CONSOLE_KEYSET", "chmod 600")
    yield from _open_to_others(settings.DATA_DIR / "secret-key", "The secret key", "chmod 600")
    mode = stat.S_IMODE(settings.DATA_DIR.stat().st_mode)
    if mode & 0o022:
        yield f"CONSOLE_DATA_DIR ({settings.DATA_DIR}) may be changed by others (mode {mode:o}): chmod 700 it."


def _open_to_others(path: Path, name: str, advice: str) -> Iterator[str]:
    try:
        found = path.stat()
    except OSError:
        return  # that it is missing is told by whoever needs it
    mode = stat.S_IMODE(found.st_mode)
    # A secret mount is root's, and lets its reader in by the group.
    if mode & (0o077 if found.st_uid == os.geteuid() else 0o037):
        yield f"{name} ({path}) may be read by others (mode {mode:o}): {advice} it."


def _of_database() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{len(missing)} migrations are not applied: run `manage.py migrate` first."
        return
    try:
        canary.check()
        canary.make()
    except canary.WrongKeyset as error:
        yield str(error)


def _is_plain_http() -> bool:
    parts = urlsplit(settings.PUBLIC_URL)
    return parts.scheme == "http" and not is_local(parts.hostname or "")
