"""People, teams, and who belongs where."""

import uuid
from typing import Any, ClassVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from console.audit.recording import record
from console.teams.belonging import member


class UserManager(BaseUserManager["User"]):
    """Makes people; email addresses are kept in lower case.

    Whoever is made by those who run the console has a confirmed address; who signs up confirms it by a mail.
    """

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            addresses = apps.get_model("account", "EmailAddress")._default_manager
            addresses.create(user=user, email=user.email, primary=True, verified=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        with transaction.atomic():
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
            record("person.made_staff", user, team_id=None, actor=None, after={"is_staff": True})
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by their email address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.split("@")[0]


class Role(models.TextChoices):
    """What a member may do: `access.MAY` says it act by act."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, by what became of them."""

    def visible_to(self, user: Any) -> "InvitationQuerySet":
        return self.filter(member(user))

    def unanswered(self) -> "InvitationQuerySet":
        """Neither accepted nor revoked; some of them are too old to be accepted."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self) -> "InvitationQuerySet":
        """Those whose link still works."""
        return self.unanswered().filter(expires_at__gt=timezone.now())


SEES_ALL = (Role.OWNER, Role.ADMIN)  # whatever `Membership.all_projects` says


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams, found through the asker."""

    def visible_to(self, user: Any) -> "TeamQuerySet":
        return self.filter(member(user, ""))


class Team(models.Model):
    """Owns everything: keys, projects, jobs, files, credits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_demo = models.BooleanField(default=False)
    billing_contact = models.CharField(max_length=200, blank=True)  # who tops the wallet up: a name, an address
    low_balance_at = models.PositiveIntegerField(default=50)  # credits; below it the wallet counts as low
    sign_in_domains = models.JSONField(default=list, blank=True)  # in ASCII; empty: any address (`domains.allows`)
    requires_second_step = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)  # only a demo team; what is left stands for its ledger

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who belongs where."""

    def active(self) -> "MembershipQuerySet":
        """Those that count now: not suspended, and of a person who may sign in."""
        return self.filter(suspended_at=None, user__is_active=True)

    def seeing_all(self) -> "MembershipQuerySet":
        """Those of them who see every project of their team."""
        return self.active().filter(models.Q(all_projects=True) | models.Q(role__in=SEES_ALL))


class Membership(models.Model):
    """One person's one role in one team. While it is suspended the person is to the team as a stranger.

    Without `all_projects` a member or viewer sees the projects of their `ProjectMember` rows (`console/projects`) only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)
    all_projects = models.BooleanField(default=True)  # else those of `projects.ProjectMember`
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    guide_dismissed_at = models.DateTimeField(null=True, editable=False)  # this person wants no first-visit guide here

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_a_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"

    @property
    def sees_all(self) -> bool:
        """Whether every project of the team is theirs to see: an owner's and an admin's always are."""
        return self.all_projects or self.role in SEES_ALL


class Invitation(models.Model):
    """A way into a team for whoever reads the mail of one address. Its link works once, for seven days.

    The row keeps only a hash of the link's token. `projects` are ids as text; empty means all of the team's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role.choices)
    projects = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_unanswered_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.team}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
