"""The images that a form names, found in the project's library."""

from uuid import UUID

from console.chat.forms import MOST_ATTACHMENTS
from console.files.models import ReferenceFile
from console.projects.models import Project


def chosen_files(project: Project, named: list[str], most: int) -> tuple[list[ReferenceFile], str]:
    """The images named in a form, found in the project's library; or what is wrong with them."""
    pks = []
    for name in dict.fromkeys(named[: MOST_ATTACHMENTS * 4]):
        try:
            pks.append(UUID(name))
        except ValueError:
            return [], "A chosen file is no longer in this project's library. Choose again."
    found = ReferenceFile.objects.kept().filter(project=project, kind="image").in_bulk(pks)
    if len(found) < len(pks):
        return [], "A chosen file is no longer in this project's library, or is no image. Choose again."
    if len(pks) > most:
        return [], f"Up to {most} images can be sent with a question." if most else "This model takes no images."
    return [found[pk] for pk in pks], ""
