"""What tests of collecting share: finished jobs, the next try, the storage, and a media host of their own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from console.jobs.collecting import collect
from console.jobs.models import Job, Result
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job, make_model
from tests.jobs.following import turn_until_done


def finished(project: Project, person: User, model: str = "z-image", kind: str = "image", **params: Any) -> Job:
    job = make_job(project, person, model=make_model(model, category=kind), prompt="[instant] A boat", params=params)
    assert turn_until_done(job).status == Job.Status.SUCCEEDED, job.error_message
    return job


def strike_media(sandbox: Sandbox, **fault: Any) -> None:
    sandbox.control("POST", "faults", {"match": {"path": "/media/*"}, "times": None, **fault})


def again(result: Result) -> Result:
    """The next try, as if its pause were over."""
    Result.objects.filter(pk=result.pk).update(next_try_at=timezone.now())
    collect(result.pk)
    result.refresh_from_db()
    return result


def stored(result: Result) -> list[str]:
    folder = f"results/{result.job.team_id}/{result.job_id}"
    return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        return bytes(file.read())


def incoming() -> list[Path]:
    return list((Path(settings.DATA_DIR) / "incoming").glob("*"))


class OwnHost:
    """A media host of the test's own, for content the sandbox does not make; says everything is a PNG."""

    def __init__(self) -> None:
        host = self
        self.content = b""
        self.asked_with = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked_with += str(self.headers)
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(host.content)))
                self.end_headers()
                self.wfile.write(host.content)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self._thread.start()
        self.name = f"127.0.0.1:{self.server.server_port}"

    def serves(self, result: Result, content: bytes) -> None:
        """From now on the result is this."""
        self.content = content
        Result.objects.filter(pk=result.pk).update(source_url=f"http://{self.name}/a.png", source_host=self.name)

    def stop(self) -> None:
        """Close the door and wait for the thread."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
