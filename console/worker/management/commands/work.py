"""Run the worker."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from console.worker.working import work


class Command(BaseCommand):
    help = "Follow jobs, collect results and run tasks until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(work())
