"""How each address that changes something is called so that it succeeds. A new address belongs into one of the tables.

`CALLS`: its change has a line of its own. `BY_THE_LEDGER`: the line is the ledger's. `WITHOUT`: there is none, and why.
`TAKEN_AWAY`: addresses that only read, but take data out of the console.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from console.chat.models import Turn
from console.credits import asking, ledger
from console.credits.models import WalletInterval
from console.jobs.models import Result
from console.keys.models import Key
from console.projects.membership import limit
from console.teams.models import Membership
from tests.audit.door_calls import DOOR_CALLS, WITHOUT_AT_DOORS
from tests.audit.room_calls import ROOM_CALLS, WITHOUT_IN_ROOMS
from tests.audit.world import Call, Make, Sent, World, of
from tests.factories import make_account, make_chat_model, make_invitation, make_key, make_model, make_secret
from tests.files.library import make_file
from tests.files.samples import picture
from tests.jobs.creating import form_page

PASSWORD = "correct horse battery"


def _second_key(world: World) -> Key:
    """Of the same account, with an old secret and a new one."""
    key = make_key(world.team, world.sandbox.secret)
    key.secrets.update(state="retiring")
    make_secret(key, world.new_secret())
    return key


def _edit(world: World) -> Sent:
    return [world.project.pk], {"name": "Autumn", "purpose": "Leaves", "key": world.key.pk, "default_model": ""}


def _place(world: World) -> Sent:
    theirs = world.bob.memberships.get()
    limit(theirs, [], actor=world.alice)
    return [world.project.pk], {"membership": theirs.pk, "sees": "yes"}


def _reach(world: World) -> Sent:
    return [world.bob.memberships.get().pk], {"sees": "some", "projects": [world.project.pk]}


def _decision(world: World) -> Sent:
    return [asking.ask(world.project, 5, "For the launch", by=world.bob).pk], {"decision": "approved"}


def _correction(world: World) -> Sent:
    job = world.job()
    ledger.settle(job.pk, 3)
    return [job.pk], {"charged": "1", "charged_so_far": "3", "reason": "Rivya's list says so"}


def _drift(world: World) -> Sent:
    now = timezone.now()
    facts = {"from_at": now - timedelta(hours=1), "to_at": now, "before": 9, "after": 7, "unexplained": -2}
    return [WalletInterval.objects.create(account=world.key.account, is_final=True, **facts).pk], {"note": "Studio"}


def _result(world: World) -> Result:
    made = Result(job=world.job(), index=0, state=Result.State.COLLECTED, kind="image", mime_type="image/png")
    made.content.save("boat.png", ContentFile(picture(seed=3)), save=False)
    made.save()
    return made


def _removed(world: World) -> Any:
    file = make_file(world.project, world.alice)
    type(file).objects.filter(pk=file.pk).update(removed_at=timezone.now())
    return file


def _reset(world: World) -> Sent:
    """Follow the link of the mail, which puts its token into the session."""
    uid, token = user_pk_to_url_str(world.alice), default_token_generator.make_token(world.alice)
    answer = world.browser.get(reverse("account_reset_password_from_key", args=[uid, token]))
    assert answer.status_code == 302, answer.status_code
    return [uid, "set-password"], {"password1": "a longer horse battery", "password2": "a longer horse battery"}


def _confirmation(world: World) -> Sent:
    address = EmailAddress.objects.create(user=world.alice, email="second@example.com")
    return [EmailConfirmationHMAC(address).key], {}


def _no_password(world: World) -> Sent:
    world.alice.set_unusable_password()
    world.alice.save()
    world.browser.force_login(world.alice, "allauth.account.auth_backends.AuthenticationBackend")
    return [], {"password1": "a longer horse battery", "password2": "a longer horse battery"}


def _joined(world: World) -> Sent:
    return [make_account(world.team, label="Another").pk], {"into": world.key.account_id}


def _suspended(world: World) -> Membership:
    Membership.objects.filter(user=world.bob).update(suspended_at=timezone.now())
    return Membership.objects.get(user=world.bob)


def _upload(world: World) -> Sent:
    return [], {"project": world.project.pk, "file": SimpleUploadedFile("boat.png", picture())}


def _days(world: World) -> Sent:
    return [world.project.pk], {"results": "30", "chats": "", "seen": "30/"}


def _demo(world: World) -> Sent:
    type(world.team).objects.filter(pk=world.team.pk).update(is_demo=True)
    return [], {"name": world.team.name}


NOTED = frozenset({"jobs.Step", "keys.Secret"})  # of a read at Rivya
RAN = {"outcome": "never_ran", "reason": "Rivya's support says so"}
NEW_PASSWORD = {"oldpassword": PASSWORD, "password1": "a longer horse battery", "password2": "a longer horse battery"}
SETTINGS = {"name": "Studio", "time_zone": "Europe/Berlin", "billing_contact": "Dana", "low_balance_at": "7"}
SETTINGS |= {"sign_in_domains": "example.com"}

CALLS: dict[str, Call] = {
    "keys:new": Call("key.added", lambda w: ([], {"secret": w.new_secret(), "purpose": "x", "environment": "staging"})),
    "keys:check": Call("key.checked", of(lambda w: w.key)),
    "keys:replace": Call("key.replaced", lambda w: ([w.key.pk], {"secret": w.new_secret()})),
    "keys:end_overlap": Call("key.overlap_ended", of(_second_key)),
    "keys:retire": Call("key.retired", lambda w: ([w.key.pk], {"purpose": w.key.purpose})),
    "keys:account": Call("account.renamed", of(lambda w: w.key.account, label="Agency")),
    "keys:join": Call("account.joined", _joined),
    "projects:new": Call("project.created", lambda w: ([], {"name": "Spring", "purpose": "P", "key": w.key.pk})),
    "projects:edit": Call("project.changed", _edit),
    "retention:project": Call("retention.changed", _days),
    "retention:demo": Call("team.removed", _demo),
    "projects:people": Call("member.limited", _place),
    "projects:member": Call("member.limited", _reach),
    "projects:archive": Call("project.archived", of(lambda w: w.project)),
    "credits:budget": Call("budget.changed", of(lambda w: w.project, monthly_budget="50")),
    "credits:budget_asks": Call("budget.asked", of(lambda w: w.project, credits="5", reason="For the launch")),
    "credits:budget_decision": Call("budget.raised", _decision),
    "credits:correction": Call("ledger.corrected", _correction),
    "credits:wallet_explanation": Call("wallet.drift_explained", _drift),
    "teams:settings": Call("team.changed", lambda w: ([], SETTINGS)),
    "teams:change_role": Call("member.role_changed", of(lambda w: Membership.objects.get(user=w.bob), role="viewer")),
    "teams:transfer": Call("team.ownership_transferred", of(lambda w: Membership.objects.get(user=w.bob))),
    "teams:suspend": Call("member.suspended", of(lambda w: Membership.objects.get(user=w.bob))),
    "teams:reinstate": Call("member.reinstated", of(_suspended)),
    "projects:invite": Call("invitation.made", lambda w: ([], {"addresses": "dana@example.com", "role": "member"})),
    "teams:send_again": Call("invitation.sent_again", of(lambda w: make_invitation(w.team, by=w.alice))),
    "teams:revoke": Call("invitation.revoked", of(lambda w: make_invitation(w.team, by=w.alice))),
    "teams:remove": Call("member.removed", of(lambda w: Membership.objects.get(user=w.bob))),
    "jobs:withdrawal": Call("job.withdrawn", of(lambda w: w.job())),
    "jobs:check": Call("job.checked", of(lambda w: w.job(status="processing", rivya_id="task_1"))),
    "jobs:reading": Call(
        "job.read", of(lambda w: w.job(status="processing", rivya_id="task_1")), has_facts=False, learns=NOTED
    ),
    "jobs:resolution": Call("job.resolved", of(lambda w: w.job(status="needs_review", next_check_at=None), **RAN)),
    "jobs:result_reference": Call("file.added", of(_result)),
    "files:index": Call("file.added", _upload),
    "files:removal": Call("file.removed", of(lambda w: make_file(w.project, w.alice))),
    "files:restoration": Call("file.restored", of(_removed)),
    "chat:title": Call("conversation.renamed", of(lambda w: w.turn().conversation, title="Launch")),
    "chat:archive": Call("conversation.archived", of(lambda w: w.turn().conversation)),
    "chat:stop": Call("turn.stopped", of(lambda w: w.turn())),
    "chat:resolution": Call("turn.resolved", of(lambda w: w.turn(status="needs_review", next_check_at=None), **RAN)),
    "notices:mail": Call("mail.chosen"),
    "account_login": Call(
        "session.opened",
        lambda w: ([], {"login": w.alice.email, "password": PASSWORD}),
        signed_in=False,
        has_facts=False,
    ),
    "account_logout": Call("session.closed", has_facts=False),
    "account_change_password": Call("password.changed", lambda w: ([], NEW_PASSWORD)),
    "account_set_password": Call("password.changed", _no_password),
    "account_reset_password": Call(
        "password.reset_asked", lambda w: ([], {"email": w.alice.email}), signed_in=False, has_facts=False
    ),
    "account_reset_password_from_key": Call("password.reset", _reset, signed_in=False),
    "account_confirm_email": Call("address.confirmed", _confirmation),
    "account_email": Call("address.changed", lambda w: ([], {"action_add": "", "email": "second@example.com"})),
    "admin:logout": Call("session.closed", as_staff=True, has_facts=False),
    "admin:password_change": Call("password.changed", lambda w: ([], NEW_PASSWORD), as_staff=True),
    **DOOR_CALLS,
    **ROOM_CALLS,
}


def _question(world: World) -> dict[str, Any]:
    return {"project": world.project.pk, "model": make_chat_model().pk, "message": "[short] Hi", "submission": uuid4()}


def _next_question(world: World) -> Sent:
    turn = world.turn()
    Turn.objects.filter(pk=turn.pk).update(status=Turn.Status.FAILED, finished_at=timezone.now())
    return [turn.conversation_id], {"message": "[short] And?", "submission": uuid4()}


def _asked_again(world: World) -> Sent:
    turn = world.turn()
    Turn.objects.filter(pk=turn.pk).update(status=Turn.Status.FAILED, finished_at=timezone.now())
    return [turn.pk], {"submission": uuid4()}


def _job_form(world: World) -> Sent:
    page = form_page(world.browser, world.project, make_model().pk)
    return [], page.hidden | page.typed | {"prompt": "A fox"}


# The thousands of acts a day that are the work itself. Who, when, with which key, at which price: that is the job's or
# the turn's own row and its line of the ledger, written in one transaction, and the ledger is as append-only as the
# log. A second line would say nothing more, would be nearly all that the log holds, and would make asking slower.
BY_THE_LEDGER: dict[str, Make] = {
    "jobs:index": _job_form,
    "chat:index": lambda world: ([], _question(world)),
    "chat:turns": _next_question,
    "chat:retry": _asked_again,
}

WITHOUT: dict[str, str] = {
    "account_reauthenticate": "tells the session alone that the person is who they are; what follows has its line",
    "account_signup": "who signs up is nobody before: tests/teams/test_signing_up.py holds its lines",
    "teams:begin": "who begins a team is in none before: tests/teams/test_signing_up.py holds its lines",
    "projects:join": "who joins is no member before: tests/projects/test_joining.py holds its line",
    "account_confirm_login_code": "signing in by a code is off: it leads to the door",
    "admin:login": "leads to the one door, which writes the line",
    "catalogue:refresh": "has Rivya's public list read a little before the clock would; it is no team's",
    "jobs:new": "draws the form again with what was typed; writes nothing",
    "notices:reading": "marks a person's own notices as read",
    "teams:switch": "which team a browser shows; changes its session alone",
    "live:stream": "reads only, whatever the method",
    "healthz": "reads only, whatever the method",
    "readyz": "reads only, whatever the method",
    "metrics": "reads only, whatever the method",
    **WITHOUT_AT_DOORS,
    **WITHOUT_IN_ROOMS,
}

TAKEN_AWAY: dict[str, Call] = {
    "jobs:export": Call("jobs.exported", has_facts=False),
    "jobs:bundle": Call("job.bundled", of(lambda w: w.job()), has_facts=False),
    "chat:export": Call("conversation.exported", lambda w: ([w.turn().conversation_id, "md"], {})),
    "credits:usage_export": Call("usage.exported"),
    "audit:export": Call("audit.exported", has_facts=False),
    "admin:audit_auditevent_export": Call("audit.exported", as_staff=True, has_facts=False),
}
