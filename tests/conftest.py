"""What every kind of test may use."""

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# The same examples every time: a red run can be repeated. HYPOTHESIS_PROFILE=explore looks for new ones.
# How long an example takes hangs on what else the machine does: nothing is refused for being slow.
hypothesis_settings.register_profile(
    "repeat",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_report_header() -> str:
    return f"palier: database {os.environ.get('PALIER_TEST_DATABASE') or 'sqlite'}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no chromium; on Debian: apt-get install chromium"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    from tests.flush import allow_flush

    allow_flush()


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database for fixtures of a whole module: what they make is there for each of its tests, and gone after the
    last. Each test's own transaction lies within; none of them may commit."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a real process that works on this test's database, committed data and all.

    ``subprocess.run([sys.executable, "-m", "palier", …], env=process_environment)``
    """
    return environment_of_a_process()


def environment_of_a_process() -> dict[str, str]:
    """The same, for a command that has made its database itself."""
    from django.db import connection

    there = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{there['NAME']}"
    else:
        login = quote(there["USER"], safe="")
        if there["PASSWORD"]:
            login += ":" + quote(there["PASSWORD"], safe="")
        url = f"postgresql://{login}@/{there['NAME']}?host={quote(there['HOST'], safe='/')}"
        if there["PORT"]:
            url += f"&port={there['PORT']}"
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PALIER_TEST")},
        "DJANGO_SETTINGS_MODULE": "palier.config.settings",
        "PALIER_DATABASE_URL": url,
    }


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A Chromium that calls nobody. Mark the test ``browser``; open pages with ``chromium.new_context()``."""
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread; without this Django refuses the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()
