"""Which addresses a team lets in."""

from console.teams.models import Team


def allows(team: Team, email: str) -> bool:
    """Whether the team lets in people of this address."""
    return True
