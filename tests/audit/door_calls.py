"""How each address of a person's own account is called so that it succeeds (see calls.py)."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from console.keys.second_steps import asked_for
from tests.audit.world import Call, Sent, World, of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _app(world: World) -> Any:
    with asked_for(world.alice.pk):
        return TOTP.activate(world.alice, SECRET).instance


def _passkey(world: World) -> Any:
    facts = {"name": "Laptop", "credential": {}}
    return Authenticator.objects.create(user=world.alice, type=Authenticator.Type.WEBAUTHN, data=facts)


def _code(world: World) -> Sent:
    page = world.browser.get("/account/second-steps/totp/activate/")
    counter = list(yield_hotp_counters_from_time())[1]
    return [], {"code": format_hotp_value(hotp_value(page.context["form"].secret, counter))}


def _with_app(form: dict[str, Any]) -> Any:
    def made(world: World) -> Sent:
        _app(world)
        return [], form

    return made


def _session(world: World) -> UserSession:
    return UserSession.objects.create(user=world.alice, ip="203.0.113.7", session_key="s" * 32)


def _other_session(world: World) -> str:
    store = SessionStore()
    store.create()
    UserSession.objects.create(user=world.alice, ip="203.0.113.7", session_key=store.session_key)
    return ""


def _linked(world: World) -> Sent:
    account = SocialAccount.objects.create(user=world.alice, provider="oidc", uid="1", extra_data={})
    return [], {"account": account.pk}


DOOR_CALLS: dict[str, Call] = {
    "account_name": Call("person.renamed", lambda w: ([], {"name": "Alice B."})),
    "usersessions_list": Call("session.ended", lambda w: ([], {"others": _other_session(w)})),
    "account_end_session": Call("session.ended", of(_session)),
    "mfa_activate_totp": Call("second_step.added", _code),
    "mfa_deactivate_totp": Call("second_step.removed", _with_app({})),
    "mfa_remove_webauthn": Call("second_step.removed", of(_passkey)),
    "mfa_edit_webauthn": Call("second_step.renamed", of(_passkey, name="Phone")),
    "mfa_generate_recovery_codes": Call("recovery_codes.made", _with_app({})),
    "teams:second_step": Call("second_step.required", _with_app({"required": "on"})),
    "socialaccount_connections": Call("connection.removed", _linked),
}


WITHOUT_AT_DOORS: dict[str, str] = {
    "mfa_add_webauthn": "needs a browser with a passkey: tests/journeys/test_doors.py looks for its line",
    "mfa_authenticate": "the second half of signing in, whose line is session.opened",
    "mfa_login_webauthn": "signs in, whose line is session.opened",
    "mfa_reauthenticate": "tells the session alone that the person is who they are; what follows has its line",
    "mfa_reauthenticate_webauthn": "tells the session alone that the person is who they are; what follows has its line",
    "openid_connect_login": "leads to the identity server",
    "openid_connect_callback": "signs in, whose line is session.opened",
    "socialaccount_signup": "sign-up is closed: nothing can be changed there",
    "socialaccount_login_error": "says what happened, whatever the method",
}
