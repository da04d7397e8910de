"""The installation as a browser meets it."""

import pytest
from django.db import connection

from palier.config.catalogues import compile_stale

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Points"
msgstr "Points de fidélité"
"""


def test_the_root_leads_to_the_back_office(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


@pytest.mark.django_db
def test_the_content_security_policy_is_what_unfold_needs_and_no_more(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_the_page_speaks_the_language_of_the_browser(client, language):
    assert client.get("/admin/login/", HTTP_ACCEPT_LANGUAGE=language)["Content-Language"] == language


@pytest.mark.django_db
def test_the_tests_run_on_the_options_of_an_installation():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)
        else:
            cursor.execute("SHOW server_encoding")
            assert cursor.fetchone() == ("UTF8",)


def test_a_catalogue_is_compiled_once_and_again_after_a_change(tmp_path):
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    compiled = compile_stale(tmp_path)
    assert compiled == [source.with_suffix(".mo")]
    assert "Points de fidélité".encode() in compiled[0].read_bytes()
    assert compile_stale(tmp_path) == []
