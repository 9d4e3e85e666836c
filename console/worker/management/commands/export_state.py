"""Print the state of every job and the ledger's sums."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from console.worker.exporting import state


class Command(BaseCommand):
    help = "Every job with idempotency key, Rivya id, state and credits, and the ledger's sums per project."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON object (the only form there is)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(state(), indent=2))
