"""For all tests: a test that should run and cannot is a failure, not a skip, where `./test` asks for it."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# The same examples in every run, on a slow machine as on a fast one: a red run is about the change, not about the day.
settings.register_profile("here", deadline=None, derandomize=True)
settings.load_profile("here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """`./test` installs every tool that a test needs: a skip there would hide what was never tried."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CALLCENTER_NO_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be skipped here: {report.longrepr}"
    return report
