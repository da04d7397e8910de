"""What tests of several processes and of pages stand on."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import User

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
