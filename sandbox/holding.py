"""A stream that stands still after some of its events, until its fault is disarmed (``hold_stream``)."""

from dataclasses import dataclass

from sandbox.fault_rules import Fault
from sandbox.visits import Visit
from sandbox.world import World


@dataclass(frozen=True)
class Hold:
    """Where one stream stops. With ``committed`` the model goes on to its end meanwhile, else it stops there too."""

    fault: Fault

    @property
    def stops_model(self) -> bool:
        return not self.fault.options.get("committed", False)

    def is_at(self, events: int) -> bool:
        """Return whether the stream stops once so many events were sent."""
        return events == int(self.fault.options.get("after_events", 1))

    async def pause_model(self, events: int) -> None:
        """Keep the model from working past this event."""
        if self.stops_model and self.is_at(events):
            await self.fault.disarmed.wait()

    async def pause_reader(self, events: int) -> None:
        """Send nothing more to the reader. ``holding`` of the fault tells how many streams stand there."""
        if not self.is_at(events):
            return
        self.fault.holding += 1
        try:
            await self.fault.disarmed.wait()
        finally:
            self.fault.holding -= 1


def hold_of(world: World, visit: Visit) -> Hold | None:
    """Return the hold that was armed for this request."""
    if visit.fault != "hold_stream":
        return None
    return next((Hold(fault) for fault in world.faults if fault.id == visit.fault_id), None)
