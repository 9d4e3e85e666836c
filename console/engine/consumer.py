"""huey's consumer as threads inside `manage.py work`, leaving signals to the command."""

from huey.consumer import Consumer
from huey.contrib.djhuey import HUEY

THREADS = 2


class QuietConsumer(Consumer):  # type: ignore[misc]
    """Threads only."""

    def _set_signal_handlers(self) -> None:
        """The worker command owns SIGTERM and SIGINT; huey must not take them."""


def make_consumer() -> QuietConsumer:
    """A consumer that looks for tasks every 50 to 500 ms; `start()` it, then `stop(graceful=True)`."""
    return QuietConsumer(
        HUEY,
        workers=THREADS,
        worker_type="thread",
        periodic=False,
        initial_delay=0.05,
        backoff=1.2,
        max_delay=0.5,
        check_worker_health=True,
        shutdown_timeout=15,
    )
