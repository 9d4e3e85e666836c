"""Make the keyset file that seals secrets, unless there is one."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.keys import vault


class Command(BaseCommand):
    help = "Write a new keyset (mode 0600) to CONSOLE_KEYSET unless the file exists."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        made = vault.make_keyset(settings.KEYSET_PATH)
        self.stdout.write("keyset made" if made else "keyset is there")
