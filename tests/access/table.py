"""Who may ask what of which address, declared by hand. A new address belongs here, or the matrix names it.

`access.MAY` says which role may do an act; this says which act an address is, and which methods it has.
"""

from dataclasses import dataclass, field

from console.teams.access import Act

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PUBLIC = "public"  # nobody has to sign in
ANYBODY = "anybody signed in"  # with or without a team
ODD = "odd"  # its own tests say what it answers whom: here it is held to no 500, and to the walls

Who = Act | str


@dataclass(frozen=True)
class Address:
    """`methods` to who may; `of` is the kind of object whose id stands in the address, `form` what a POST sends.

    `form` gives kinds of objects as well: an address that finds its object by the form treats strangers alike.
    """

    methods: dict[str, Who]
    of: str = ""
    form: dict[str, str] = field(default_factory=dict)


def reads(who: Who, of: str = "", head: bool = True) -> Address:
    """GET, and HEAD where that leaves nothing behind: no line of the audit log, no mark, no stream."""
    return Address({"GET": who} | ({"HEAD": who} if head else {}), of)


def posts(who: Who, of: str = "", **form: str) -> Address:
    return Address({"POST": who}, of, form)


def both(read: Who, write: Who, of: str = "", head: bool = False, **form: str) -> Address:
    return Address(reads(read, head=head).methods | {"POST": write}, of, form)


def _all(address: Address, *names: str) -> dict[str, Address]:
    return dict.fromkeys(names, address)


_JOBS = {
    "jobs:export": reads(Act.VIEW, head=False),
    **_all(reads(Act.VIEW), "home", "jobs:spend", "jobs:unopened", "jobs:start", "jobs:start_progress"),
    "jobs:index": both(Act.VIEW, Act.SUBMIT, head=True),
    "jobs:start_dismissal": posts(Act.VIEW),
    "jobs:new": both(Act.SUBMIT, Act.SUBMIT, head=True),
    "jobs:quote": reads(Act.SUBMIT),
    **_all(reads(Act.VIEW, "result"), "jobs:result", "jobs:result_download", "jobs:result_preview"),
    "jobs:result_reference": posts(Act.SUBMIT, "result"),
    **_all(
        reads(Act.VIEW, "job"),
        *("jobs:show", "jobs:card", "jobs:row", "jobs:face", "jobs:timeline", "jobs:code"),
    ),
    "jobs:bundle": reads(Act.VIEW, "job", head=False),
    **_all(posts(Act.SUBMIT, "job"), "jobs:withdrawal", "jobs:check", "jobs:resolution", "jobs:reading"),
    "jobs:using_key": reads(Act.VIEW, "key"),
    "jobs:latest": reads(Act.VIEW, "project"),
}
_CHAT = {
    "chat:index": both(Act.VIEW, Act.SUBMIT, head=True, project="project"),
    "chat:new": reads(Act.SUBMIT),
    "chat:show": reads(Act.VIEW, "conversation"),
    "chat:export": reads(Act.VIEW, "conversation", head=False),
    "chat:turns": both(Act.VIEW, Act.SUBMIT, "conversation"),
    **_all(posts(Act.SUBMIT, "conversation"), "chat:title", "chat:archive"),
    "chat:turn": reads(Act.VIEW, "turn"),
    "chat:stream": reads(Act.VIEW, "turn", head=False),
    **_all(posts(Act.SUBMIT, "turn"), "chat:stop", "chat:retry", "chat:resolution"),
    "chat:using_key": reads(Act.VIEW, "key"),
}
_FILES = {
    "files:index": both(Act.VIEW, Act.SUBMIT, head=True, project="project"),
    "files:picker": reads(ODD),
    **_all(reads(Act.VIEW, "file"), "files:content", "files:preview"),
    "files:card": reads(Act.VIEW, "file"),
    **_all(posts(Act.SUBMIT, "file"), "files:removal", "files:restoration"),
}
_MODELS = {
    **_all(reads(Act.VIEW), "catalogue:index", "catalogue:show"),
    "catalogue:refresh": posts(Act.VIEW),
}
_CREDITS = {
    **_all(
        reads(Act.VIEW),
        *("credits:usage", "credits:usage_ledger", "credits:statements", "credits:statement"),
        *("credits:wallet_chip", "credits:budgets"),
    ),
    "credits:usage_export": reads(Act.VIEW, head=False),
    "credits:wallet": reads(Act.VIEW_ACROSS),
    "credits:wallet_account": reads(Act.VIEW_ACROSS, "account"),
    "credits:wallet_interval": reads(Act.VIEW, "interval"),
    "credits:wallet_explanation": posts(Act.MANAGE_BUDGETS, "interval"),
    "credits:budget_decision": posts(Act.MANAGE_BUDGETS, "ask"),
    "credits:budget": both(Act.VIEW, Act.MANAGE_BUDGETS, "project", head=True),
    "credits:budget_asks": posts(Act.SUBMIT, "project"),
    "credits:correction": both(Act.CORRECT_LEDGER, Act.CORRECT_LEDGER, "charge", head=True),
    "credits:project_month": reads(Act.VIEW, "project"),
}
_PROJECTS = {
    "projects:index": reads(Act.VIEW),
    "projects:new": both(Act.MANAGE_PROJECTS, Act.MANAGE_BUDGETS),
    "projects:show": reads(Act.VIEW, "project"),
    "projects:edit": both(Act.MANAGE_PROJECTS, Act.MANAGE_PROJECTS, "project"),
    "projects:people": both(Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE, "project", head=True),
    "projects:member": both(Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE, "membership", head=True),
    "retention:project": both(Act.MANAGE_RETENTION, Act.MANAGE_RETENTION, "project"),
    "projects:archive": posts(Act.MANAGE_PROJECTS, "project"),
    "projects:using_key": reads(Act.VIEW, "key"),
    "projects:invite": both(Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE),
    "projects:join": both(ODD, ODD),
    "projects:follow": reads(ODD),
    "retention:projects": reads(Act.MANAGE_RETENTION),
    "retention:demo": both(ODD, ODD),  # there for a demo team alone
}
_KEYS = {
    "keys:index": reads(Act.VIEW),
    "keys:new": both(Act.MANAGE_KEYS, Act.MANAGE_KEYS),
    **_all(reads(Act.VIEW, "key"), "keys:show", "keys:card"),
    **_all(posts(Act.MANAGE_KEYS, "key"), "keys:check", "keys:end_overlap"),
    **_all(both(Act.MANAGE_KEYS, Act.MANAGE_KEYS, "key"), "keys:replace", "keys:retire"),
    "keys:account": both(Act.MANAGE_KEYS, Act.MANAGE_KEYS, "account"),
    "keys:join": posts(Act.MANAGE_KEYS, "account"),
}
_HOOKS, _ASK_RIVYA = Act.MANAGE_WEBHOOKS, ("finish", "pause", "resumption", "test")
_WEBHOOKS = {
    "webhooks:door": posts(ODD),
    "webhooks:index": reads(_HOOKS),
    "webhooks:new": both(_HOOKS, _HOOKS),
    "webhooks:show": reads(_HOOKS, "endpoint"),
    **_all(reads(_HOOKS, "endpoint", head=False), "webhooks:standing", "webhooks:comparison"),  # they ask Rivya
    **_all(both(_HOOKS, _HOOKS, "endpoint"), "webhooks:settings", "webhooks:deletion", "webhooks:rotation"),
    **_all(posts(_HOOKS, "endpoint"), *(f"webhooks:{verb}" for verb in _ASK_RIVYA)),
    "webhooks:delivery": reads(_HOOKS, "delivery"),
    "webhooks:ring": posts(_HOOKS, "delivery"),
}
_MEND = Act.MEND_FAILURES
_CARE = ("notes", "assignment", "resolution", "ignoring", "reopening", "retries")
_FAILURES = {
    "failures:index": reads(Act.VIEW_ACROSS),
    **_all(reads(Act.VIEW), "failures:count", "failures:asking"),
    "failures:save_view": posts(_MEND),
    "failures:remove_view": both(_MEND, _MEND, "saved_view"),
    **_all(reads(Act.VIEW, "bulk"), "failures:retry", "failures:retry_progress"),
    **_all(posts(_MEND, "bulk"), "failures:start_retry", "failures:stop_retry"),
    "failures:of_job": reads(Act.VIEW, "job"),
    "failures:show": reads(Act.VIEW, "cause"),
    **_all(posts(_MEND, "cause"), *(f"failures:{verb}" for verb in _CARE)),
}
_PEOPLE = ("change_role", "suspend", "reinstate")
_TEAMS = {
    "teams:settings": both(Act.MANAGE_TEAM, Act.MANAGE_TEAM),
    "teams:people": reads(Act.VIEW),
    **_all(posts(Act.MANAGE_PEOPLE, "membership"), *(f"teams:{verb}" for verb in _PEOPLE)),
    "teams:transfer": both(Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE, "membership"),
    "teams:remove": both(Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE, "membership"),  # one's own: to leave
    **_all(posts(Act.MANAGE_PEOPLE, "invitation"), "teams:send_again", "teams:revoke"),
    "teams:second_step": both(Act.REQUIRE_SECOND_STEP, Act.REQUIRE_SECOND_STEP),
    "teams:second_step_needed": reads(ODD, "team"),
    "teams:none": reads(ANYBODY),
    "teams:begin": posts(ODD),  # for who is in no team, where sign-up is open
    "teams:switch": posts(Act.VIEW, "team"),
    "support:index": reads(Act.MANAGE_TEAM),
    "support:end": posts(Act.MANAGE_TEAM, "opening"),
    "audit:index": reads(Act.READ_AUDIT),
    "audit:export": reads(Act.READ_AUDIT, head=False),
    "audit:show": reads(Act.READ_AUDIT, "line"),
    **_all(reads(Act.VIEW), "notices:index", "notices:bell"),
    **_all(posts(Act.VIEW), "notices:reading", "notices:mail"),
    "notices:show": reads(ODD, "notice"),
    "live:stream": reads(ODD),
}
TABLE: dict[str, Address] = {
    **(_JOBS | _CHAT | _FILES | _MODELS | _CREDITS | _PROJECTS | _KEYS | _WEBHOOKS | _FAILURES | _TEAMS),
    **_all(reads(PUBLIC), "healthz", "readyz"),
    "metrics": reads(ODD),  # behind a token
}
# What is of one project, and so of its members alone; and what spans all of them, for who sees all of them.
OF_A_PROJECT = {"job", "result", "file", "project", "conversation", "turn", "ask", "charge"}
OF_ALL_PROJECTS = {"cause", "bulk", "saved_view", "interval"}
# Of the admin site these are open to more than the staff: the two doors.
ADMIN_DOORS = {"admin:login", "admin:logout"}
