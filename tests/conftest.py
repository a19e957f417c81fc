"""Fixtures that tests of several rooms share."""

import shutil

import pytest
import torch
from hypothesis import settings

# A busy machine is no failure: speed belongs in benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
NONE = "no Chromium found: pages are not tried in a browser"


def pytest_terminal_summary(terminalreporter):
    """Say once why tests were skipped."""
    if any(NONE in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(NONE)


@pytest.fixture
def one_thread():
    """Leave torch one thread, as a worker does: sums then keep one order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for all tests; where there is none, they are skipped."""
    names = "chromium", "chromium-browser", "google-chrome"
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(NONE)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
