"""What Django looks for in a database engine."""

import sqlite3
import time
from typing import Any

import structlog
from django.db.backends.sqlite3 import base

PAUSES_SECONDS = (0.02, 0.1, 0.4)

log = structlog.get_logger("console.engine")


class DatabaseWrapper(base.DatabaseWrapper):
    """Seen during deploys with fifty open streams: one connection in thousands does not open (`disk I/O error`).

    A connection that was never there has done nothing, so it is opened again. What SQLite calls it goes into the log.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        for pause in PAUSES_SECONDS:
            try:
                return super().get_new_connection(conn_params)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_IOERR:
                    raise
                log.warning("database_not_opened", error=error.sqlite_errorname)
                time.sleep(pause)
        return super().get_new_connection(conn_params)
