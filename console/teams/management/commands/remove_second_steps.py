"""For somebody who lost their phone, their passkeys and their codes: the password alone signs them in again."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from console.teams.ending_sessions import end_sessions
from console.teams.models import User
from console.teams.own_acts import record_by_console


class Command(BaseCommand):
    help = "Take a person's second steps away, and sign them out everywhere. Make sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        with transaction.atomic():
            steps = Authenticator.objects.filter(user=person)
            kinds = sorted(str(step.get_type_display()) for step in steps)
            if not kinds:
                raise CommandError(f"{person.email} has no second step.")
            steps.delete()
            ended = end_sessions(person)
            record_by_console("second_step.removed", person, before={"what": ", ".join(kinds)}, after={"ended": ended})
        self.stdout.write(f"{person.email} signs in by the password alone: {', '.join(kinds)} taken away.")
