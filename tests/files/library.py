"""Files in a library, for tests."""

from django.core.files.uploadedfile import SimpleUploadedFile

from console.files.adding import add_file
from console.files.models import ReferenceFile
from console.projects.models import Project
from console.teams.models import User
from tests.files.samples import picture


def make_file(project: Project, person: User, content: bytes | None = None, name: str = "boat.png") -> ReferenceFile:
    """A file through the front door."""
    return add_file(SimpleUploadedFile(name, content or picture()), project, person)
