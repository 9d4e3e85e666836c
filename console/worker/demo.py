"""The demo team: real jobs against the sandbox, so that the first page a stranger sees is not empty."""

import secrets
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from console.audit.recording import record
from console.catalogue.models import CatalogueModel
from console.catalogue.refreshing import refresh
from console.jobs.opening import Order, open_job
from console.keys.clients import from_sync
from console.projects.models import Project
from console.teams.models import Team, User
from console.worker.seeding import seed_teams

EMAIL = "demo@console.example"
SANDBOX_SECRET = "rvya_sk_sandbox_demo_0000000000000001"  # noqa: S105 - the sandbox's own, worth nothing
PROJECTS = (
    ("Spring launch", "Hero pictures and a film for the spring collection page", 600, "nano-banana-2"),
    ("Podcast branding", "Cover art, a jingle and voice samples for the new show", 200, "suno-music"),
    ("Help centre", "Small, calm illustrations for 40 support articles", None, "z-image"),
)
JOBS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("Help centre", "z-image", "A paper boat on a still lake at dawn, flat illustration", {"aspect_ratio": "4:3"}),
    (
        "Spring launch",
        "seedream-4-0",
        "Linen jacket on a clothes line, soft morning light",
        {"max_images": 3, "image_size": "landscape_4_3"},
    ),
    (
        "Podcast branding",
        "suno-music",
        "Warm lo-fi jingle, upright bass and brushed drums, ten seconds",
        {"instrumental": "true"},
    ),
    (
        "Spring launch",
        "nano-banana-2",
        "A ceramic mug on a linen table, steam, window light",
        {"aspect_ratio": "4:5", "resolution": "2K"},
    ),
    (
        "Spring launch",
        "runway",
        "Slow dolly over a field of tulips opening in the sun",
        {"aspectRatio": "16:9", "duration": "5"},
    ),
    (
        "Podcast branding",
        "ideogram-v3",
        "Podcast cover: two chairs and one microphone, bold shapes",
        {"image_size": "square_hd"},
    ),
    ("Help centre", "z-image", "A tidy toolbox seen from above, flat illustration", {"aspect_ratio": "1:1"}),
    (
        "Spring launch",
        "kling-2-6",
        "The jacket in the wind, slow motion [fail]",
        {"aspect_ratio": "9:16", "duration": "5"},
    ),
)


def seed_demo() -> dict[str, str]:
    """Make the demo team once; returns {"email", "password", "team"}. A second call makes a new password.

    Where its owner removed it, it stays removed: only the password is new.
    """
    password = secrets.token_urlsafe(12)
    removed = Team.objects.filter(is_demo=True, removed_at__isnull=False).order_by("removed_at").last()
    user = User.objects.filter(email=EMAIL).first()
    if removed is not None and user is not None:
        _renew(user, password, removed)
        return {"email": EMAIL, "password": password, "team": ""}
    team = seed_teams(_description())[0]
    user = User.objects.get(email=EMAIL)
    _renew(user, password, team)
    from_sync(refresh)()
    _open_jobs(team, user)
    return {"email": EMAIL, "password": password, "team": str(team.pk)}


def _renew(user: User, password: str, team: Team) -> None:
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record("password.changed", user, team_id=team.pk, actor=None, after={"by": "seed_demo"})


def _description() -> dict[str, Any]:
    key = {"name": "Studio work", "purpose": "studio-work", "environment": "development", "secret": SANDBOX_SECRET}
    projects = [
        {"name": name, "purpose": purpose, "key": "studio-work", "monthly_budget": budget, "default_model": model}
        for name, purpose, budget, model in PROJECTS
    ]
    owner = {"email": EMAIL, "name": "Demo owner", "role": "owner"}
    return {"teams": [{"name": "Demo team", "is_demo": True, "members": [owner], "keys": [key], "projects": projects}]}


def _open_jobs(team: Team, person: User) -> None:
    """Each has a submission id of its own that is always the same, so that a second call opens none again."""
    for position, (project_name, model_id, prompt, params) in enumerate(JOBS):
        model = CatalogueModel.objects.callable().filter(pk=model_id).first()
        project = Project.objects.filter(team=team, name=project_name).select_related("team", "key").first()
        if model and project and project.key:
            submission = uuid5(NAMESPACE_URL, f"demo/{team.pk}/{position}")
            open_job(Order(submission, project, person, model, prompt, params))
