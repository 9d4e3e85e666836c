"""Django's SQLite, opened once more when the system fails to open it."""
