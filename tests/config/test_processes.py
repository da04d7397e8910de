"""What tests of several processes and of pages stand on."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from tests.flush import empty

READ = """
import django; django.setup()
from django.contrib.auth.models import User
print(",".join(User.objects.values_list("username", flat=True)))
"""


def test_a_process_of_its_own_sees_what_the_test_has_committed(process_environment):
    User.objects.create_user("ann")
    answer = subprocess.run(
        [sys.executable, "-c", READ],
        env=process_environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert answer.stdout.strip() == "ann"


@pytest.mark.django_db(transaction=True)
def test_emptying_the_test_database_leaves_the_guards_of_the_ledger_standing():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE guarded (n integer)")
        cursor.execute("INSERT INTO guarded VALUES (1)")
        _guard(cursor)
        try:
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute("DELETE FROM guarded")
            empty(connection)
            cursor.execute("SELECT count(*) FROM guarded")
            assert cursor.fetchone() == (0,)
            cursor.execute("INSERT INTO guarded VALUES (1)")
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute("DELETE FROM guarded")
        finally:
            cursor.execute("DROP TABLE guarded")


def _guard(cursor):
    if connection.vendor == "sqlite":
        cursor.execute("CREATE TRIGGER guard BEFORE DELETE ON guarded BEGIN SELECT RAISE(ABORT, 'no'); END")
        return
    cursor.execute(
        "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$"
    )
    cursor.execute("CREATE TRIGGER guard BEFORE DELETE ON guarded EXECUTE FUNCTION pg_temp.refuse()")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_sign_in_page_keeps_to_its_own_security_policy(live_server, chromium, language):
    context = chromium.new_context(locale=language)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(f"{live_server.url}/", wait_until="networkidle")
    assert page.get_attribute("html", "lang") == language
    assert page.locator("input[name=username]").is_visible()
    assert complaints == []
    context.close()
