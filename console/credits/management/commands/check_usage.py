"""Prove that what pages of usage read equals the ledger."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from console.credits.checking import differences, parts, repair


class Command(BaseCommand):
    help = "Compare roll-ups and budgets with the ledger, row by row; exit status 1 when any differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="make what differs anew; workers may go on meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, wrong = parts(), 0
        for part in checked:
            found = list(differences(part))
            for difference in found:
                self.stdout.write(str(difference))
            if found and options["repair"]:
                repair(part)
                found = list(differences(part))
                self.stdout.write(f"{part.team_id} {part.month:%Y-%m}: made anew, {len(found)} still differ")
            wrong += len(found)
        self.stdout.write(f"{len(checked)} months of teams checked, {wrong} rows differ.")
        if wrong:
            sys.exit(1)
