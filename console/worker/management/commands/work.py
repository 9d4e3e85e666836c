"""Run the worker."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.worker import starting
from console.worker.working import work


class Command(BaseCommand):
    help = "Follow jobs, collect results and run tasks until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        if reasons := starting.refusals():
            raise CommandError(starting.told(reasons))
        asyncio.run(work())
