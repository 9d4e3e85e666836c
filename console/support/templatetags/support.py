"""`{% load support %}`: whose data a page of the admin site shows, and what is known of a job."""

from typing import Any
from uuid import uuid4

from django import template

from console.jobs.models import Job
from console.support.evidence import Evidence
from console.support.models import Opening
from console.support.whose import opening_to, team_of
from console.teams.models import Team, User

register = template.Library()


@register.simple_tag
def owner_of(thing: Any) -> Team | None:
    """The team whose data it is."""
    return team_of(thing)


@register.simple_tag
def opening_for(team: Team | None, staff: User) -> Opening | None:
    """What lets the person of the staff read the team's content now."""
    return opening_to(staff, team)


@register.simple_tag
def evidence_of(job: Job) -> Evidence:
    """What is known of the job without its content."""
    return Evidence(job)


@register.simple_tag
def new_form_id() -> str:
    """A name for a form, so that sending it twice is sending it once."""
    return str(uuid4())
