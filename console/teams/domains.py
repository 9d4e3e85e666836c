"""Which addresses may join a team: those of its own domains, where it has named some."""

import re
from collections.abc import Iterable
from typing import Final

import idna
from django.utils.text import get_text_list

from console.teams.models import Membership, Team

MOST: Final = 50
LONGEST_SHOWN: Final = 40  # letters of what was typed
_APART: Final = re.compile(r"[\s,;]+")


class NoDomain(ValueError):
    """What was written is no domain; says why in words."""


def allows(team: Team, email: str) -> bool:
    """Whether this address may be invited and may join. A team without domains takes any; subdomains are others."""
    if not team.sign_in_domains:
        return True
    try:
        return domain_of(email) in team.sign_in_domains
    except NoDomain:
        return False


def against(team: Team, email: str) -> str:
    """Why this address may not join, in words; empty when it may."""
    if allows(team, email):
        return ""
    return f"{team} lets in only addresses of {get_text_list(in_words(team.sign_in_domains), 'or')}."


def domain_of(email: str) -> str:
    """The domain of an address, as `tidy` writes it. Raises NoDomain."""
    name, at, domain = email.strip().rpartition("@")
    if not (name and at):
        raise NoDomain("This is no email address.")
    return tidy(domain)


def domains_in(text: str) -> list[str]:
    """The domains of a text, one a line or separated by commas; each once, in order. Raises NoDomain."""
    found = sorted({tidy(word) for word in _APART.split(text) if word})
    if len(found) > MOST:
        raise NoDomain(f"At most {MOST} domains.")
    return found


def tidy(word: str) -> str:
    """A domain in lower case and ASCII: "Bücher.example" is "xn--bcher-kva.example". Raises NoDomain."""
    shown = word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}…"
    if "@" in word:
        raise NoDomain(f"“{shown}”: only what stands after the @.")
    if "*" in word:
        raise NoDomain(f"“{shown}”: no stars. Name each domain; a subdomain is a domain of its own.")
    try:
        domain = idna.encode(word.rstrip("."), uts46=True, std3_rules=True).decode().lower()
    except idna.IDNAError:
        raise NoDomain(f"“{shown}” is no domain. One looks like example.com.") from None
    if "." not in domain or domain.rpartition(".")[2].isdigit():
        raise NoDomain(f"“{shown}” is no domain. One looks like example.com.")
    return domain


def in_words(domains: Iterable[str]) -> list[str]:
    """The domains as people read them."""
    return [_decoded(domain) for domain in domains]


def left_outside(team: Team) -> list[Membership]:
    """Members whose address fits no more. They stay: nobody is thrown out by a setting."""
    if not team.sign_in_domains:
        return []
    members = Membership.objects.filter(team=team).select_related("user")
    return [each for each in members if not allows(team, each.user.email)]


def _decoded(domain: str) -> str:
    try:
        return idna.decode(domain)
    except idna.IDNAError:
        return domain
