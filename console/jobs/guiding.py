"""The first visit: from a key to the first result, as far as this team has come, drawn from its rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, may, people_who_may
from console.teams.models import Membership, Team, User

STEPS: Final = ("key", "project", "result")


@dataclass(frozen=True)
class Guide:
    """One team's way, for one member."""

    team: Team
    membership: Membership

    @cached_property
    def has_key(self) -> bool:
        return Key.objects.filter(team=self.team).usable().exists()

    @cached_property
    def project(self) -> Project | None:
        """The one to begin in: open, with a key before without."""
        projects = Project.objects.seen_by(self.membership).open().select_related("key").order_by("created_at")
        found = list(projects[:20])
        return next((each for each in found if each.key and each.key.is_usable), found[0] if found else None)

    @cached_property
    def project_needs_key(self) -> bool:
        """It cannot send anything as it is, though the team has a key."""
        return bool(self.project and not (self.project.key and self.project.key.is_usable))

    @cached_property
    def job(self) -> Job | None:
        """The last job that was asked for."""
        jobs = Job.objects.filter(within(self.membership), team=self.team).only("status", "team", "created_at")
        return jobs.order_by("-created_at", "-id").first()

    @cached_property
    def is_done(self) -> bool:
        """There was a result, whether or not it is still kept."""
        done = Job.objects.filter(within(self.membership), team=self.team, status=Job.Status.SUCCEEDED)
        return done.exists()

    @property
    def is_wanted(self) -> bool:
        """Whether Home shows it."""
        return self.membership.guide_dismissed_at is None and not self.is_done

    @cached_property
    def now(self) -> str:
        """The step to take; empty once all are done."""
        done = {"key": self.has_key, "project": bool(self.project) and not self.project_needs_key}
        if self.is_done:
            return ""
        return next((step for step in STEPS if not done.get(step)), "")

    @property
    def is_at_key(self) -> bool:
        return self.now == "key"

    @property
    def is_at_project(self) -> bool:
        return self.now == "project"

    @property
    def is_at_result(self) -> bool:
        return self.now == "result"

    @property
    def is_past_project(self) -> bool:
        return self.now in {"result", ""}

    @property
    def done(self) -> int:
        """How many of the steps are taken."""
        return len(STEPS) if not self.now else STEPS.index(self.now)

    @property
    def steps(self) -> int:
        return len(STEPS)

    @property
    def may_take_it(self) -> bool:
        """Whether this member's role lets them take the step."""
        acts = {"key": Act.MANAGE_KEYS, "project": Act.MANAGE_PROJECTS, "result": Act.SUBMIT}
        return self.now == "" or may(self.membership.role, acts[self.now])

    @cached_property
    def who_may(self) -> list[User]:
        """Whom to ask, when this member may not: owners and admins take every step. At most three."""
        return people_who_may(Act.MANAGE_KEYS, self.team.pk)[:3]

    @cached_property
    def demo(self) -> Team | None:
        """A demo team of theirs, to look around in meanwhile."""
        theirs = Team.objects.visible_to(self.membership.user_id).filter(is_demo=True).exclude(pk=self.team.pk)
        return theirs.first()


def guide_of(request: TeamRequest) -> Guide:
    """The guide for who asks."""
    return Guide(request.team, request.membership)
