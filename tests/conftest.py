"""What holds for all tests."""

import pytest

CHEAPER_FAILURES: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed and "machines" not in report.keywords:
        CHEAPER_FAILURES.append(report.nodeid)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Machines take minutes: none is booted once a cheaper test has failed."""
    if CHEAPER_FAILURES and item.get_closest_marker("machines"):
        pytest.skip(f"a cheaper test has failed already: {CHEAPER_FAILURES[0]}")
