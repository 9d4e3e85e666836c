"""Which fault strikes which request: method, path, account, key, model and prompt, then ``skip`` and ``times``."""

import asyncio
import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sandbox.visits import Visit
from sandbox.world import World

MATCHABLE = {"method", "path", "account", "key", "model", "prompt", "idempotency_key"}


@dataclass
class Fault:
    """One armed fault. ``skip`` matching requests pass first; then it strikes ``times`` times, or for ever."""

    id: int
    match: dict[str, str]
    fault: str
    options: dict[str, Any] = field(default_factory=dict)
    skip: int = 0
    times: int | None = 1
    used: int = 0
    holding: int = 0
    disarmed: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    def shown(self) -> dict[str, Any]:
        """Return it as the control face tells it."""
        return {name: value for name, value in vars(self).items() if name != "disarmed"}

    def fits(self, visit: Visit) -> bool:
        if self.times is not None and self.used >= self.times:
            return False
        facts = {
            "method": visit.method, "path": visit.path, "account": visit.account, "key": visit.secret,
            "model": visit.model, "idempotency_key": visit.idempotency_key,
        }  # fmt: skip
        wanted = dict(self.match)
        if wanted.pop("prompt", "") not in (visit.prompt if isinstance(visit.prompt, str) else ""):
            return False
        return all(fnmatchcase(str(facts[name] or ""), glob) for name, glob in wanted.items())


def pick(world: World, visit: Visit) -> Fault | None:
    """Return the first fault that strikes this request, and count it."""
    for fault in world.faults:
        if not fault.fits(visit):
            continue
        if fault.skip > 0:
            fault.skip -= 1
            world.store.run("UPDATE faults SET skip = ? WHERE id = ?", fault.skip, fault.id)
            continue
        fault.used += 1
        world.store.run("UPDATE faults SET used = ? WHERE id = ?", fault.used, fault.id)
        visit.fault, visit.fault_id = fault.fault, fault.id
        return fault
    return None


def arm(
    world: World, match: dict[str, str], fault: str, options: dict[str, Any], skip: int, times: int | None
) -> Fault:
    """Store a fault and let it strike from now on. ``ValueError`` for a match that names nothing."""
    unknown = match.keys() - MATCHABLE
    if unknown:
        raise ValueError(f"a fault cannot match {', '.join(sorted(unknown))}")
    row = world.store.add(
        "faults", match=json.dumps(match), fault=fault, options=json.dumps(options), skip=skip, times=times
    )
    armed = Fault(row, match, fault, options, skip, times)
    world.faults.append(armed)
    return armed


def disarm(world: World, fault: int | None = None) -> int:
    """Take away one fault or all. Returns how many."""
    gone = [one for one in world.faults if fault in (None, one.id)]
    for one in gone:
        world.faults.remove(one)
        one.disarmed.set()
        world.store.run("DELETE FROM faults WHERE id = ?", one.id)
    return len(gone)


def load_faults(world: World) -> None:
    """Arm again what was armed when the sandbox stopped."""
    for row in world.store.all("SELECT * FROM faults ORDER BY id"):
        match, options = json.loads(row["match"]), json.loads(row["options"])
        world.faults.append(Fault(row["id"], match, row["fault"], options, row["skip"], row["times"], row["used"]))
