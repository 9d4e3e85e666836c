"""A person at the pages of keys, for tests."""

from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from console.keys.models import Key


def paste(browser: Client, secret: str, **fields: Any) -> Any:
    """Send the form of a new key."""
    given = {"secret": secret, "purpose": "spring-images", "name": "", "environment": "production", **fields}
    return browser.post(reverse("keys:new"), given)


def paste_for(browser: Client, key: Key, secret: str) -> Any:
    """Send the form that replaces the secret of a key."""
    return browser.post(reverse("keys:replace", args=[key.pk]), {"secret": secret})


def words(answer: Any) -> str:
    """The page's text with the marks of HTML undone."""

    return unescape(answer.content.decode())
