"""Make teams from a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.worker.seeding import BadDescription, seed_teams


class Command(BaseCommand):
    help = "Make the teams, people, keys and projects that FILE.json describes (docs/operations.md); repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            teams = seed_teams(json.loads(options["file"].read_text()))
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{options['file']} is not JSON: {error}") from error
        except BadDescription as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"teams": [{"id": str(team.pk), "name": team.name} for team in teams]}))
