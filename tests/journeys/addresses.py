"""Every address of the console with what it needs to be opened: who comes, and what stands for an object in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.access.table import TABLE
from tests.house.routes import Route, routes
from tests.house.test_strangers import A_PERSONS_OWN

# Pages that are opened with each object there is, so that every state is seen; the others take the first of its kind.
IN_EVERY_STATE = {"jobs:show", "chat:show", "failures:show", "failures:retry", "webhooks:show", "webhooks:delivery"}
IN_EVERY_STATE |= {"credits:budget", "keys:account"}
# Who comes, where it is not the owner (and, where no object is named, the owner of an empty team), or the staff.
COMING = {
    **dict.fromkeys(("account", "mfa_activate_totp", "mfa_add_webauthn"), ("owner", "secured")),
    **dict.fromkeys(("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"), ("secured",)),
    **dict.fromkeys(("mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate"), ("secured",)),
    **dict.fromkeys(("mfa_download_recovery_codes", "mfa_reauthenticate_webauthn"), ("secured",)),
    "mfa_authenticate": ("half way",),
    "account_login": ("nobody", "invited"),
    "account_signup": ("nobody", "invited"),
    "account_reset_password_from_key": ("resetting", "nobody"),
    "projects:join": ("invited", "nobody"),
    "projects:follow": ("nobody",),
    "files:picker": ("owner",),
    "retention:demo": ("demo",),
    "home": ("owner", "newcomer", "viewing staff", "viewer"),
    "teams:none": ("teamless", "suspended"),
    "teams:second_step": ("owner",),
    "teams:second_step_needed": ("newcomer",),
}
# Kinds of objects in the addresses that `TABLE` does not know.
KINDS = {"account_confirm_email": "confirmation", "teams:second_step_needed": "waiting team"}
KINDS |= {"mfa_edit_webauthn": "passkey", "mfa_remove_webauthn": "passkey", "account_end_session": "passkey"}
KINDS |= {f"admin:content_{kind}": kind for kind in ("job", "result", "conversation", "file")}
KINDS |= {"admin:content_result_preview": "result", "admin:content_file_bytes": "file"}
KINDS |= {"admin:content_file_preview": "file", "admin:job_check": "job", "admin:job_retry": "job"}
KINDS |= {"admin:opening_end": "opening", "account_reset_password_from_key": "reset key"}
FIXED = {"month": "2026-11", "form": "md", "model_id": "z-image", "provider_id": "oidc", "app_label": "jobs"}
FIXED |= {"token": "token-of-erin@example.com", "door": "nobody-knows", "content_type_id": "1"}
# What these need as a query.
QUERIES = {"admin:open": "?team={team}", "admin:search": "?q=alice", "files:picker": "?project={project}"}
# Addresses without a name of their own: where the admin site sends old links on.
NAMELESS = "admin:"
ROUTES: dict[str, Route] = {route.name: route for route in routes() if route.name != NAMELESS}

DESK, PHONE = "desk, light", "phone, dark"
SCHEMES = (DESK, PHONE)
Ids = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Visit:
    """Somebody opens an address; `state` says which of its objects stands in it."""

    name: str
    who: str
    path: str
    state: str = ""
    schemes: tuple[str, ...] = SCHEMES

    def __str__(self) -> str:
        state = f", {self.state}" if self.state else ""
        return f"{self.name} ({self.path}, {self.who}{state})"


def visits(name: str, ids: Ids) -> Iterator[Visit]:
    """All that make a difference to what is seen at this address."""
    route = ROUTES[name]
    objects = ids.get(kind_of(name)) or {"": "1"}
    chosen = objects if name in IN_EVERY_STATE else dict([next(iter(objects.items()))])
    first = {kind: next(iter(each.values())) for kind, each in ids.items()}
    for who in coming(route):
        for state, pk in chosen.items():
            path = reverse(name, kwargs={each: value_of(each, pk, ids) for each in route.parameters})
            path += QUERIES.get(name, "").format(**first)
            yield Visit(
                name, who, path, state if len(chosen) > 1 else "", schemes(name, who, list(chosen).index(state))
            )


def schemes(name: str, who: str, position: int) -> tuple[str, ...]:
    """Each, but where little is seen that another visit does not show in both; those take turns."""
    if who == "newcomer":
        return (SCHEMES[list(ROUTES).index(name) % 2],)
    if name in {"chat:show", "webhooks:delivery"} and position:
        return (SCHEMES[position % 2],)
    return SCHEMES


def coming(route: Route) -> tuple[str, ...]:
    if route.name in COMING:
        return COMING[route.name]
    if route.name.startswith("admin:"):
        return ("staff",)
    if route.name.startswith(A_PERSONS_OWN):
        return ("owner",) if is_of_the_account(route.name) else ("nobody", "owner")
    return ("owner",) if route.parameters else ("owner", "newcomer")


def is_of_the_account(name: str) -> bool:
    """For somebody who is signed in."""
    return name.startswith("mfa_") or name in {"account_email", "usersessions_list", "account_change_password"}


def kind_of(name: str) -> str:
    """The kind of object that stands in the address; a row of the admin site has its model's name."""
    if name in KINDS or name not in TABLE:
        model = name.removeprefix("admin:").rpartition("_")[0]
        return KINDS.get(name, f"admin {model}")
    return TABLE[name].of


def value_of(parameter: str, pk: str, ids: Ids) -> Any:
    if parameter == "uidb36":
        return ids["uidb36"]["one"]
    return FIXED.get(parameter, pk)
