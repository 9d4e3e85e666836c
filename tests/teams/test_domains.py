"""Which addresses may join, and what is no domain."""

from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import AuditEvent
from console.audit.recording import record
from console.teams.domains import NoDomain, allows, domains_in, in_words
from console.teams.models import Membership, Team, User
from tests.teams.test_settings import PAGE, filled

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("email", "fits"),
    [
        ("dana@example.com", True),
        ("Dana@EXAMPLE.com", True),
        ("dana@bücher.example", True),
        ("dana@xn--bcher-kva.example", True),
        ("dana@mail.example.com", False),
        ("dana@notexample.com", False),
        ("dana@example.com.evil.example", False),
        ("dana@evil.example@example.com", True),  # the domain is what stands after the last @
        ("dana", False),
        ("", False),
        ("@example.com", False),
    ],
)
def test_only_addresses_of_the_domains_fit(team: Team, email: str, fits: bool) -> None:
    team.sign_in_domains = domains_in("example.com, Bücher.example")
    assert allows(team, email) is fits


def test_a_team_without_domains_takes_any(team: Team) -> None:
    assert allows(team, "dana@anywhere.example") is True


def test_domains_are_kept_once_in_order_and_in_ascii() -> None:
    assert domains_in("example.org\nEXAMPLE.com.  bücher.example;example.com") == [
        "example.com", "example.org", "xn--bcher-kva.example",
    ]  # fmt: skip
    assert in_words(["xn--bcher-kva.example"]) == ["bücher.example"]
    assert domains_in(" \n ") == []


@pytest.mark.parametrize(
    "wrong",
    [
        "@example.com",
        "dana@example.com",
        "*.example.com",
        "*",
        "example",
        "exa mple.com/x",
        "http://example.com",
        "-a.example",
        "a..example",
        "10.0.0.1",
        "x" * 64 + ".example",
        "a\0b.example",
        "ex_ample.com",
    ],
)
def test_what_is_no_domain_is_refused(team: Team, alice: User, browser_of: Any, wrong: str) -> None:
    with pytest.raises(NoDomain):
        domains_in(wrong)
    answer = browser_of(alice).post(PAGE, filled(sign_in_domains=wrong))
    assert answer.status_code == 422
    team.refresh_from_db()
    assert team.sign_in_domains == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("not a domain", "“not” is no domain. One looks like example.com."),
        ("dana@example.com", "“dana@example.com”: only what stands after the @."),
        ("*.example.com", "“*.example.com”: no stars."),
        ("y" * 300, f"“{'y' * 40}…” is no domain."),
    ],
)
def test_what_was_typed_is_quoted_and_kept_short(
    team: Team, alice: User, browser_of: Any, typed: str, told: str
) -> None:
    assert told in browser_of(alice).post(PAGE, filled(sign_in_domains=typed)).content.decode()


def test_at_most_fifty() -> None:
    assert len(domains_in(" ".join(f"a{number}.example" for number in range(50)))) == 50
    with pytest.raises(NoDomain):
        domains_in(" ".join(f"a{number}.example" for number in range(51)))


def test_a_member_whose_address_fits_no_more_is_listed_and_stays(team: Team, alice: User, browser_of: Any) -> None:
    odd = User.objects.create_user("odd@other.example", "correct horse battery", name="Odd")
    Membership.objects.create(team=team, user=odd, role="member")
    browser = browser_of(alice)
    assert browser.post(PAGE, filled(sign_in_domains="example.com")).status_code == 302
    page = browser.get(PAGE).content.decode()
    assert "1 member with another address" in page
    assert "odd@other.example" in page
    assert Membership.objects.filter(team=team).count() == 2
    line = AuditEvent.objects.get(act="team.changed")
    assert (line.before["sign_in_domains"], line.after["sign_in_domains"]) == ([], ["example.com"])


def test_times_are_shown_in_the_teams_zone_and_the_zone_ends_with_the_request(
    team: Team, alice: User, browser_of: Any
) -> None:
    record("thing.done", team, team_id=team.pk, actor=alice)
    Team.objects.update(time_zone="Pacific/Kiritimati")
    shown = browser_of(alice).get("/audit/").content.decode()
    assert "+14" in shown
    assert "UTC" not in shown.partition('id="content"')[2].partition("</main>")[0]
    assert timezone.get_current_timezone_name() == "UTC"
