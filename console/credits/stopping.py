"""Our own stop, told to a person: the project's budget has no room. Not to be taken for a wallet that is too low."""

from urllib.parse import urlencode

from django.urls import reverse

from console.credits.ledger import BudgetReached
from console.teams.access import Act, people_who_may
from console.ui import problems
from console.ui.problems import Problem


def budget_stop(reached: BudgetReached) -> Problem:
    """Who may raise it, and the page that asks them, with the amount filled in."""
    project = reached.project
    deciders = [person.display_name for person in people_who_may(Act.MANAGE_BUDGETS, project.team_id)]
    told = problems.over_budget(project.name, reached.left, reached.asked, deciders=deciders)
    more = urlencode({"more": max(reached.asked - reached.left, 1)})
    return told.leading_to(f"{reverse('credits:budget', args=[project.pk])}?{more}#ask", "Ask for more")
