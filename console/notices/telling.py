"""Tell people something, inside the transaction of what happened."""

from collections.abc import Iterable
from uuid import UUID

from console.live.publishing import publish
from console.notices.models import Notice
from console.teams.models import Team, User


def tell(
    people: Iterable[User],
    *,
    team: Team,
    kind: str,
    key: str,
    title: str,
    text: str = "",
    url: str = "",
    project_id: UUID | None = None,
) -> int:
    """One notice a person; returns how many are new. Told before under the same `key`, a person is not told again.
    One about a project is read, and mailed, only while its person sees the project.

    `key` names the occasion, such as `budget-80-<project>-2026-11`. Texts hold nothing private: they are mailed too.
    """
    known = set(Notice.objects.filter(key=key).values_list("person_id", flat=True))
    new = [
        Notice(
            team=team,
            person=person,
            kind=kind,
            key=key,
            title=title[:160],
            text=text[:500],
            url=url,
            project_id=project_id,
        )
        for person in people
        if person.pk not in known
    ]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    for notice in new:
        publish(team.pk, f"notices-{notice.person_id}")
    return len(new)
