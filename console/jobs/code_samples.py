"""The same job as code: curl and Python. The key is read from the environment, references are uploaded first."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from console.jobs.models import Job, JobInput

_PYTHON_UPLOAD = """

def upload(path: str, kind: str, mime_type: str) -> dict:
    with open(path, "rb") as file:
        answer = client.post(
            "/api/v1/files",
            data={"kind": kind, "model": MODEL},
            files={"file": (os.path.basename(path), file, mime_type)},
        )
    answer.raise_for_status()
    uploaded = answer.json()
    item = {"url": uploaded["url"], "kind": kind, "name": os.path.basename(path), "mimeType": mime_type}
    if uploaded.get("duration_token"):
        item |= {"durationSeconds": uploaded["duration_seconds"], "durationToken": uploaded["duration_token"]}
    return item
"""


@dataclass(frozen=True)
class Samples:
    """Two programs, as text."""

    curl: str
    python: str


def samples_of(job: Job, base_url: str) -> Samples:
    """Programs that would do what this job did, as a new job."""
    inputs = list(job.inputs.select_related("file", "upload"))
    return Samples(_curl(job, inputs, base_url), _python(job, inputs, base_url))


def _curl(job: Job, inputs: list[JobInput], base_url: str) -> str:
    params: dict[str, Any] = dict(job.params)
    steps = []
    if inputs:
        params["referenceMediaItems"] = [
            {
                "url": f"URL_{number}",
                "kind": item.upload.kind,
                "name": item.file.name,
                "mimeType": item.upload.mime_type,
            }
            for number, item in enumerate(inputs, 1)
        ]
    for number, item in enumerate(inputs, 1):
        steps.append(
            f"# {number}. Upload the reference; put the `url` of the answer in place of URL_{number} below.\n"
            f"curl {base_url}/api/v1/files \\\n"
            '  -H "Authorization: Bearer $RIVYA_API_KEY" \\\n'
            f"  -F {shlex.quote(f'file=@{item.file.name};type={item.upload.mime_type}')} \\\n"
            f"  -F kind={shlex.quote(item.upload.kind)} -F model={shlex.quote(job.model)}"
        )
    steps.append(
        f"curl {base_url}/api/v1/generations \\\n"
        '  -H "Authorization: Bearer $RIVYA_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        '  -H "Idempotency-Key: $(uuidgen)" \\\n'
        f"  -d {shlex.quote(json.dumps(_body(job, params), indent=2, ensure_ascii=False))}"
    )
    steps.append(
        "# Ask how it is going, with the `id` of the answer.\n"
        f"curl {base_url}/api/v1/generations/TASK_ID \\\n"
        '  -H "Authorization: Bearer $RIVYA_API_KEY"'
    )
    return "\n\n".join(steps) + "\n"


def _python(job: Job, inputs: list[JobInput], base_url: str) -> str:
    body = _literal({name: value for name, value in _body(job, dict(job.params)).items() if name != "model"})
    lines = [
        "import os",
        "import time",
        "import uuid",
        "",
        "import httpx",
        "",
        f"MODEL = {job.model!r}",
        "client = httpx.Client(",
        f"    base_url={base_url!r},",
        '    headers={"Authorization": f"Bearer {os.environ[\'RIVYA_API_KEY\']}"},',
        "    timeout=60,",
        ")",
    ]
    text = "\n".join(lines) + (f"{_PYTHON_UPLOAD}\n" if inputs else "")
    text += f'\nbody = {{"model": MODEL, **{body}}}\n'
    if inputs:
        uploads = "".join(
            f"    upload({item.file.name!r}, {item.upload.kind!r}, {item.upload.mime_type!r}),\n" for item in inputs
        )
        text += f'body.setdefault("params", {{}})["referenceMediaItems"] = [\n{uploads}]\n'
    return text + _PYTHON_REST


_PYTHON_REST = """
# Keep the key with the job: the same key and the same body after a lost answer make no second job.
answer = client.post("/api/v1/generations", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
answer.raise_for_status()
job = answer.json()
while job["status"] not in ("succeeded", "failed"):
    time.sleep(5)
    job = client.get(f"/api/v1/generations/{job['id']}").raise_for_status().json()
print(job["result"]["urls"] if job["status"] == "succeeded" else job["error"])
"""


def _body(job: Job, params: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"model": job.model}
    if job.prompt:
        body["prompt"] = job.prompt
    return body | ({"params": params} if params else {})


def _literal(value: Any, depth: int = 0) -> str:
    """A JSON value as a Python literal, one line an entry."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict) and value:
        entries = "".join(f"{inner}{name!r}: {_literal(item, depth + 1)},\n" for name, item in value.items())
        return f"{{\n{entries}{outer}}}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_literal(item, depth + 1)},\n" for item in value) + f"{outer}]"
    return repr(value)
