"""`manage.py rotate_keyset [--drop-old]`: nobody has to type a key again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.keys.rotating import RotationRunning, StillNeeded, rotate
from console.keys.vault import NoKeyset


class Command(BaseCommand):
    help = "Make a new primary key, seal every secret anew under it. Killed in between? Run it again: it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drop-old", action="store_true", help="remove the old keys from the keyset once no secret needs them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rotate(drop_old=options["drop_old"])
        except StillNeeded as error:
            advice = "Those do not open; replace or retire their keys, then run this again."
            raise CommandError(f"{error} {advice}") from error
        except (NoKeyset, OSError) as error:
            raise CommandError(f"The keyset cannot be rotated: {error}") from error
        except RotationRunning as error:
            raise CommandError(str(error)) from error
        began = "Went on with an unfinished rotation" if done.continued else "Rotated"
        told = f"{done.resealed} sealed anew, {done.unopenable} cannot be opened, {done.dropped_keys} old keys removed"
        self.stdout.write(f"{began}: {told}.")
