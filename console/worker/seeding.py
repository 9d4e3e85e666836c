"""Make teams from a description: for fixtures, for the demo, for the first owner."""

from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from console import rivya
from console.audit.recording import record
from console.keys.checking import check_key
from console.keys.models import Account, Key
from console.keys.sealing import store_secret
from console.projects.models import Project
from console.teams.models import Membership, Role, Team, User


class BadDescription(Exception):
    """The description cannot be used; says where and why. Nothing was written."""


def seed_teams(description: Any) -> list[Team]:
    """Make or complete every team of `{"teams": […], "staff": […]}`; the same description twice changes nothing.

    A team: `name`, `time_zone`, `members` (`email`, `name`, `password`, `role`), `keys` (`name`, `purpose`,
    `environment`, `secret`), `projects` (`name`, `purpose`, `key` = a key's purpose, `default_model`,
    `monthly_budget`). Raises BadDescription.
    """
    if not isinstance(description, dict):
        raise BadDescription('The file must hold one object: {"teams": [...], "staff": [...]}.')
    with transaction.atomic():
        for person in _items(description, "staff"):
            _make_staff(_user(person))
        teams = [_team(item) for item in _items(description, "teams")]
    for key in Key.objects.filter(team__in=teams, secrets__scopes={}).distinct():
        check_key(key, None)  # finds out its scopes and its balance, if Rivya answers now
    return teams


def _team(item: dict[str, Any]) -> Team:
    team, is_new = Team.objects.filter(removed_at=None).get_or_create(
        name=_text(item, "name"),
        defaults={"time_zone": _time_zone(item), "is_demo": bool(item.get("is_demo", False))},
    )
    if is_new:
        _record("team.created", team, team, {"name": team.name, "time_zone": team.time_zone})
    for person in [*_items(item, "members"), *_items(item, "users")]:
        role = person.get("role", Role.MEMBER)
        if role not in Role.values:
            raise BadDescription(f"{person.get('email')}: no such role: {role}")
        _member(team, _user(person), role)
    for key in _items(item, "keys"):
        _key(team, key)
    for project in _items(item, "projects"):
        _project(team, project)
    return team


def _member(team: Team, user: User, role: str) -> None:
    before = Membership.objects.filter(team=team, user=user).first()
    theirs, _ = Membership.objects.update_or_create(team=team, user=user, defaults={"role": role})
    if before is None:
        _record("member.added", theirs, team, {"role": role})
    elif before.role != role:
        _record("member.role_changed", theirs, team, {"role": role}, {"role": before.role})


def _make_staff(user: User) -> None:
    if not (user.is_staff and user.is_superuser):
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        _record("person.made_staff", user, None, {"is_staff": True}, {"is_staff": False})


def _user(item: dict[str, Any]) -> User:
    email = _text(item, "email").lower()
    user = User.objects.filter(email=email).first()
    if user is not None:
        return user
    password = item.get("password")
    if password is not None and not isinstance(password, str):
        raise BadDescription(f"{email}: a password is a text.")
    user = User.objects.create_user(email, password, name=str(item.get("name") or ""))
    _record("person.created", user, None, {"email": user.email, "name": user.name})
    return user


def _key(team: Team, item: dict[str, Any]) -> Key:
    purpose, secret = _text(item, "purpose"), _text(item, "secret")
    environment = item.get("environment", Key.Environment.PRODUCTION)
    if environment not in Key.Environment.values:
        raise BadDescription(f"{purpose}: no such environment: {environment}")
    found = (
        Key.objects.filter(team=team, purpose=purpose, environment=environment).exclude(state=Key.State.RETIRED).first()
    )
    if found:
        return found
    account = Account.objects.filter(team=team).first() or Account.objects.create(
        team=team, label=item.get("account", "Rivya account")
    )
    key = Key.objects.create(
        team=team, account=account, name=item.get("name", purpose), purpose=purpose, environment=environment
    )
    stored = store_secret(key, rivya.Secret(secret), scopes={}, person=None)
    facts = {"purpose": purpose, "environment": environment, "account": str(account), "last_four": stored.last_four}
    _record("key.added", key, team, facts)
    return key


def _project(team: Team, item: dict[str, Any]) -> Project:
    project, is_new = Project.objects.get_or_create(
        team=team,
        name=_text(item, "name"),
        defaults={
            "purpose": str(item.get("purpose") or ""),
            "key": _key_of_project(team, item),
            "default_model": str(item.get("default_model") or ""),
            "monthly_budget": _budget(item),
        },
    )
    if is_new:
        told = {name: getattr(project, name) for name in ("name", "purpose", "default_model", "monthly_budget")}
        _record("project.created", project, team, told | {"key": str(project.key) if project.key else None})
    return project


def _key_of_project(team: Team, item: dict[str, Any]) -> Key | None:
    """The key with the purpose that is named; without a name the team's first."""
    named = item.get("key")
    if named is None:
        return Key.objects.filter(team=team).usable().first()
    key = Key.objects.filter(team=team, purpose=named).exclude(state=Key.State.RETIRED).first()
    if key is None:
        raise BadDescription(f"{item.get('name')}: the team has no key with the purpose {named}")
    return key


def _budget(item: dict[str, Any]) -> int | None:
    budget = item.get("monthly_budget", item.get("budget"))
    if budget is None or (type(budget) is int and 0 <= budget < 2**31):
        return budget
    raise BadDescription(f"{item.get('name')}: a budget is a number of credits, not {budget!r}")


def _time_zone(item: dict[str, Any]) -> str:
    name: str = item.get("time_zone", "UTC")
    if name not in available_timezones():
        raise BadDescription(f"{item.get('name')}: no such time zone: {name}")
    return name


def _record(
    act: str, subject: Any, team: Team | None, after: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    record(act, subject, team_id=team.pk if team else None, actor=None, before=before, after=after)


def _items(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = item.get(name) or []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadDescription(f"{name} must be a list of objects.")
    return found


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadDescription(f"Each entry needs a {name}: {sorted(item)}")
    return value.strip()
