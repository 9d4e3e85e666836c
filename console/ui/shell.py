"""What the frame of every page needs: where one can go, what one can make, how the person is drawn."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from console.ui import navigation
from console.ui.navigation import Link


class Shell:
    """Answers the frame's questions only when a template asks: a fragment never pays for them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def work(self) -> list[Link]:
        """The places of daily work."""
        return navigation.links(navigation.WORK, self._request)

    @cached_property
    def team(self) -> list[Link]:
        """The places where the team is kept, below the rule."""
        return navigation.links(navigation.TEAM, self._request)

    @cached_property
    def create(self) -> list[Link]:
        """What can be made; the first is the primary *New*."""
        return navigation.links(navigation.CREATE, self._request)

    @cached_property
    def person(self) -> list[Link]:
        """The person's own pages; none while support sees as they see: an account is closed to others."""
        is_look = getattr(self._request, "viewing", None) is not None
        return [] if is_look else navigation.links(navigation.PERSON, self._request)

    @cached_property
    def phone(self) -> list[Link]:
        """The places of the bottom bar: the first two; *New* and *More* stand beside them."""
        return self.work[:2]

    @cached_property
    def signed_in(self) -> bool:
        """Whether anybody is signed in (False as well where the request has no user yet)."""
        user = getattr(self._request, "user", None)
        return bool(user is not None and user.is_authenticated)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, and `oidc_name`, what the identity server is called (empty without one)."""
    return {"shell": Shell(request), "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}
