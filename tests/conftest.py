"""What holds for all tests."""

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Machines take minutes: none is booted once a cheaper test has failed."""
    if item.get_closest_marker("machines") and item.session.testsfailed:
        pytest.skip("a cheaper test has failed already")
