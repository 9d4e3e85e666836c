"""The first person of a console without a demo team."""

import json
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from console.teams.models import Team, User
from console.worker.seeding import BadDescription, seed_teams


class Command(BaseCommand):
    help = "Make a team with its owner and print the owner's first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--team", required=True, help="the team's name")
        parser.add_argument("--time-zone", default="UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"Not an email address: {options['email']}") from error
        if User.objects.filter(email=options["email"].lower()).exists():
            raise CommandError(f"{options['email']} has an account already.")
        if Team.objects.filter(name=options["team"].strip()).exists():
            raise CommandError(f"There is a team {options['team']} already: its owner lets people in.")
        password = secrets.token_urlsafe(12)
        owner = {"email": options["email"], "password": password, "role": "owner"}
        try:
            seed_teams({"teams": [{"name": options["team"], "time_zone": options["time_zone"], "members": [owner]}]})
        except BadDescription as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"email": options["email"].lower(), "password": password}))
