"""Who comes to the pages, and the cookies of each: signed in, half signed in, invited, lost."""

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

import tests.conftest  # noqa: F401 - a forced sign-in leaves what the real page would: proof, and a row of the session
from console.keys.second_steps import asked_for
from console.support.models import Opening, Viewing
from console.support.viewing import COOKIE as VIEWING
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_invitation, make_team, make_user
from tests.journeys.passkeys import credential

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOST = "127.0.0.1"
Cookies = dict[str, str]


def come(team: Team, owner: User, ids: dict[str, dict[str, str]]) -> dict[str, Cookies]:
    """Cookies by who comes. Adds to `ids` what only they need."""
    secured = _secured(team)
    _addresses(owner)
    newcomer, demo, vera = make_user("newcomer"), make_user("demo"), make_user("vera", team, Role.VIEWER)
    make_team(newcomer, name="An empty team")
    make_team(demo, name="Demo team", is_demo=True)
    waiting = make_team(newcomer, name="A team that waits", requires_second_step=True)
    sue = User.objects.get(email="sue@example.com")
    signed_in = {"owner": owner, "secured": secured, "newcomer": newcomer, "demo": demo, "viewer": vera, "staff": sue}
    signed_in["teamless"], signed_in["suspended"] = make_user("teamless"), _suspended(team, owner)
    cookies = {who: _signed_in(person) for who, person in signed_in.items()}
    viewing = Viewing.objects.create(opening=Opening.objects.get(staff=sue), person=owner)
    cookies["viewing staff"] = _signed_in(sue) | {VIEWING: str(viewing.pk)}
    passkey = Authenticator.objects.filter(user=secured, type=Authenticator.Type.WEBAUTHN).first()
    assert passkey
    ids |= {"passkey": {"one": str(passkey.pk)}, "waiting team": {"one": str(waiting.pk)}}
    return cookies | {"nobody": {}, "half way": _half_way(secured)} | _by_mail(team, owner, ids)


def _secured(team: Team) -> User:
    """Carol has every second step there is."""
    carol = make_user("carol", team, Role.ADMIN)
    with asked_for(carol.pk):
        TOTP.activate(carol, APP_SECRET)
        RecoveryCodes.activate(carol)
    for name in ("Laptop", "A phone with quite a long name"):
        Authenticator.objects.create(user=carol, type="webauthn", data={"name": name, "credential": credential(HOST)})
    return carol


def _suspended(team: Team, by: User) -> User:
    mallory = make_user("mallory", team, Role.MEMBER)
    Membership.objects.filter(user=mallory).update(suspended_at=timezone.now(), suspended_by=by)
    return mallory


def _addresses(owner: User) -> None:
    EmailAddress.objects.create(user=owner, email="alice.moreau.of.the.studio@mail.example.com", verified=False)
    SocialAccount.objects.create(user=owner, provider="oidc", uid="alice", extra_data={"email": owner.email})


def _signed_in(person: User) -> Cookies:
    browser = Client()
    browser.force_login(person, BACKEND)
    return _kept(browser)


def _half_way(secured: User) -> Cookies:
    """The password is given, the second step is not."""
    browser = Client(headers={"host": HOST})
    answer = browser.post("/account/login/", {"login": secured.email, "password": "correct horse battery"})
    assert answer.headers["Location"] == "/account/second-steps/authenticate/", answer
    return _kept(browser)


def _by_mail(team: Team, owner: User, ids: dict[str, dict[str, str]]) -> dict[str, Cookies]:
    """Whoever has followed the link of a mail."""
    invited, resetting = Client(headers={"host": HOST}), Client(headers={"host": HOST})
    make_invitation(team, "erin@example.com", by=owner)
    invited.get("/join/token-of-erin@example.com/")
    person = user_pk_to_url_str(owner)
    resetting.get(f"/account/password/reset/key/{person}-{default_token_generator.make_token(owner)}/")
    address = EmailAddress.objects.get(user=owner, verified=False)
    ids |= {"uidb36": {"one": person}, "reset key": {"one": "set-password"}}
    ids |= {"confirmation": {"one": EmailConfirmationHMAC(address).key}}
    return {"invited": _kept(invited), "resetting": _kept(resetting)}


def _kept(browser: Client) -> Cookies:
    return {name: morsel.value for name, morsel in browser.cookies.items()}
