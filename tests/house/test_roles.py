"""What `docs/roles.md` says is what the code asks."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from console.teams import access
from console.teams.access import ACROSS_PROJECTS, MAY, Act
from console.teams.models import SEES_ALL, Role

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
HEADINGS = ["act", "owner", "admin", "member", "viewer", "proof again", "what it covers"]


def rows() -> list[dict[str, str]]:
    lines = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == HEADINGS
    return [dict(zip(HEADINGS, row, strict=True)) for row in cells[2:]]


def test_the_document_names_every_act_once_and_says_what_it_covers() -> None:
    assert sorted(row["act"] for row in rows()) == sorted(act.value for act in Act)
    assert set(MAY) == set(Act)
    assert [row["act"] for row in rows() if len(row["what it covers"]) < 10] == []


def test_the_document_and_the_code_agree_on_every_role() -> None:
    written = {(row["act"], role): row[role] for row in rows() for role in Role.values}
    assert written == {(act.value, role): _cell(act, role) for act in Act for role in Role.values}


def test_the_document_says_what_asks_for_proof_again() -> None:
    assert {row["act"] for row in rows() if row["proof again"]} == {str(act.value) for act in _proven()}
    assert {row["proof again"] for row in rows()} <= {"", "yes"}


def test_no_role_may_more_than_the_one_above_it() -> None:
    order = [Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER]
    for allowed in MAY.values():
        assert [role in allowed for role in order] == sorted((role in allowed for role in order), reverse=True)


def _cell(act: Act, role: str) -> str:
    if role not in MAY[act]:
        return ""
    return "all projects" if act in ACROSS_PROJECTS and role not in SEES_ALL else "yes"


def _proven() -> frozenset[Act]:
    """The acts that ask again, wherever they are kept; none while nothing does."""
    found = getattr(access, "PROVEN", None)
    if found is None and find_spec("console.teams.proof"):
        found = getattr(import_module("console.teams.proof"), "PROVEN", None)
    return frozenset(found or ())
