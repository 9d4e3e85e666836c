"""What a browser does on the new-job page, without the browser."""

import io
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from console.files.models import ReferenceFile
from console.projects.models import Project

_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@dataclass
class Page:
    """The page as it was drawn: its hidden fields travel back with what is typed."""

    client: Client
    hidden: dict[str, str]
    text: str
    typed: dict[str, Any] = field(default_factory=dict)

    def send(self, **typed: Any) -> HttpResponse:
        """Press Generate."""
        answer: HttpResponse = self.client.post("/jobs/", self.hidden | self.typed | typed)  # type: ignore[assignment]
        return answer

    def redraw(self, **typed: Any) -> "Page":
        """Choose another model or project, without scripts."""
        answer = self.client.post("/jobs/new/", self.hidden | self.typed | typed)
        return _page(self.client, answer.content.decode())


def open_page(client: Client, **address: Any) -> Page:
    """Follow the link to the new-job page."""
    answer = client.get(f"/jobs/new/?{urlencode(address)}", follow=True)
    assert answer.status_code == 200, answer.status_code
    return _page(client, answer.content.decode())


def form_page(client: Client, project: Project, model: str, **address: Any) -> Page:
    """The page for this model, with the two lists set as a person sees them."""
    page = open_page(client, project=project.pk, model=model, **address)
    page.typed = {"project": str(project.pk), "model": model}
    return page


def make_reference(project: Project, name: str = "fox.png", **fields: Any) -> ReferenceFile:
    """A picture in the project's library."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), (ReferenceFile.objects.count() * 40 % 256, 90, 40)).save(drawn, "PNG")
    content = drawn.getvalue()
    values = {"kind": "image", "mime_type": "image/png", "size_bytes": len(content), "sha256": name.ljust(64, "0")}
    file = ReferenceFile(team=project.team, project=project, name=name, **{**values, **fields})
    file.content.save(name, ContentFile(content), save=False)
    file.save()
    return file


def is_chosen(text: str, value: str) -> bool:
    """Whether the page has a radio button or a check box of this value that is chosen."""
    return re.search(rf'value="{re.escape(value)}"\s+checked', text) is not None


def _page(client: Client, text: str) -> Page:
    start = text.find('<form id="new-job"')
    inputs = _FIELD.findall(text[start:]) if start >= 0 else []
    return Page(client, {_attribute(each, "name"): _attribute(each, "value") for each in inputs}, text)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
