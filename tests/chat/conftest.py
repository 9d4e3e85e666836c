"""The chat room's turns run in threads and tasks of their own, so every test commits for real."""

import pytest

STREAM = "/api/v1/chat/completions/stream"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/chat" in str(item.path) and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(transaction=True))
