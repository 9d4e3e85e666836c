"""Names are one line, in forms and in mails."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from console.chat.forms import TitleForm
from console.keys.forms import AccountForm
from console.projects.forms import ProjectForm
from console.teams.account_page import NameForm
from console.teams.models import Team, User
from console.teams.settings_forms import SettingsForm
from console.teams.signing_up import TeamNameForm
from console.ui.one_line import folded, one_line
from console.webhooks.forms import EndpointForm

pytestmark = pytest.mark.django_db
HOSTILE = ["Rivya\r\n\r\nVisit x", "a\u202eb", "a\x1b[2J", "a\x07b", "a\u2028b", "a\u2066b", "a\x85b", "a\ud800"]
UNSEEN = ["\u200b", "\u00ad\u00ad", "\u3164", "\u2800 \u2800", "\u115f\u1160", "\uffa0", "\u0301", "\ufe0f"]
FINE = ["Zoë O'Hara-Müller", "דנה לוי", "سارة", "山田 太郎", "👩\u200d💻 Ada", "می\u200cخواهم"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_one_line(name: str, team: Team) -> None:
    with pytest.raises(ValidationError, match="A name is one line"):
        one_line(name)
    forms: list[Any] = [NameForm({"name": name}), TeamNameForm({"name": name}), ProjectForm({"name": name}, team=team)]
    for form in [*forms, SettingsForm({"name": name}, instance=team)]:
        assert "A name is one line" in str(form.errors["name"])


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_can_be_seen(name: str, team: Team) -> None:
    forms: list[Any] = [NameForm({"name": name}), TeamNameForm({"name": name}), ProjectForm({"name": name}, team=team)]
    for form in [*forms, SettingsForm({"name": name}, instance=team), EndpointForm({"name": name}, team=team)]:
        assert "only blank characters" in str(form.errors["name"])
    assert "only blank characters" in str(AccountForm({"label": name}).errors["label"])
    assert "only blank characters" in str(TitleForm({"title": name}).errors["title"])


@pytest.mark.parametrize("name", FINE)
def test_letters_of_every_script_are_taken(name: str) -> None:
    assert NameForm({"name": name}).is_valid()
    assert folded(name) == name


def test_a_mail_folds_what_old_rows_hold(alice: User, team: Team, browser_of: Any, mailoutbox: Any) -> None:
    User.objects.filter(pk=alice.pk).update(name="Support\r\n\r\nYour account is locked\u202e")
    Team.objects.filter(pk=team.pk).update(name="Rivya\r\n\r\nVisit evil\x1b")
    browser_of(alice).post("/people/invitations/", {"addresses": "dana@example.com", "role": "member"})
    inviter = f"Support Your account is locked ({alice.email})"
    assert mailoutbox[0].body.startswith(f"{inviter} invites you to the team Rivya Visit evil on")
    assert mailoutbox[0].subject.endswith("Support Your account is locked invites you to Rivya Visit evil")
