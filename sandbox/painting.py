"""From a recipe to a file: picks the painter, writes beside the target and renames, so no half file is ever served."""

from pathlib import Path
from typing import Any

from sandbox.media_audio import sound
from sandbox.media_images import picture
from sandbox.media_video import film

PAINTERS = {"image": picture, "video": film, "audio": sound}


def paint(recipe: dict[str, Any], path: Path, uploads: Path) -> Path:
    """Make the file of a recipe. The same recipe gives the same bytes. Runs in a thread of its own."""
    scratch = path.with_suffix(".part")
    scratch.write_bytes(PAINTERS[recipe["kind"]](recipe, uploads))
    return scratch.replace(path)
