"""`manage.py accept_keyset`: the keyset is lost, go on with the one there is now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.keys import canary, vault


class Command(BaseCommand):
    help = "After a lost keyset: start with the one at CONSOLE_KEYSET. Keys that it does not open must be pasted again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            canary.accept()
        except vault.NoKeyset as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The console starts with this keyset now. Replace the keys shown as “cannot be opened”.")
