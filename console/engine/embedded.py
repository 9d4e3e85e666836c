"""The embedded engine: Django tasks on huey's SQLite file, without result records: our rows hold the state."""

from typing import Any

from django_tasks.base import Task, TaskResult
from huey.contrib.djhuey import HUEY
from huey.contrib.djhuey.tasks_backend import HueyBackend, _initial_record, _record_to_result, _shim


class EmbeddedBackend(HueyBackend):  # type: ignore[misc]
    """huey's own backend stores one record a task for ever; this one stores none, and `get_result` is not offered."""

    supports_get_result = False

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        carried = _shim.s(
            task.module_path, list(args), dict(kwargs), priority=task.priority or None, eta=task.run_after
        )
        HUEY.enqueue(carried)
        result: TaskResult[Any] = _record_to_result(
            _initial_record(self.alias, task, carried.id, list(args), dict(kwargs))
        )
        return result
