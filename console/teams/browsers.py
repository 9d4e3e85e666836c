"""A browser as its person would call it: its name and its system, as far as it tells."""

from typing import Final

_NAMES: Final = (  # the first that is found: most browsers claim to be several others as well
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_in_words(told: str) -> str:
    """Such as "Firefox on Windows"; "A browser" when it says nothing we know."""
    name = next((name for mark, name in _NAMES if mark in told), "A browser")
    system = next((system for mark, system in _SYSTEMS if mark in told), "")
    return f"{name} on {system}" if system else name
