"""Make the demo team."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from console.worker.demo import seed_demo


class Command(BaseCommand):
    help = "Make the demo team against the sandbox and print its login as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(seed_demo()))
