"""Hostile programme documents over the API: each is refused with a reason, soon, and leaves no version; or is text."""

import json
import time
from pathlib import Path

import pytest
from django_scopes import scopes_disabled

from palier.store.models import Answer, ProgrammeVersion
from tests.entrances.api_shop import CART, DOCUMENT, Api, fresh, make_api

pytestmark = [pytest.mark.django_db, pytest.mark.once]
_fresh = pytest.fixture(autouse=True)(fresh)

NAMED = json.dumps({**DOCUMENT, "name": "NAME"})
DEEP = "[" * 100_000 + "]" * 100_000
WORTH = '"points": 10, "amount": 1'


def named(text: str) -> str:
    return NAMED.replace('"NAME"', text)


def rules(count: int) -> str:
    return json.dumps(
        {**DOCUMENT, "earning": [{"id": f"r{n}", "award": {"points": 1, "per": 1}} for n in range(count)]}
    )


REFUSED = {
    "lists that nest 100,000 deep": DEEP,
    "maps that nest 100,000 deep": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a number with 5,000 digits": NAMED.replace(WORTH, '"points": 1' + "0" * 5000 + ', "amount": 1'),
    "a number with a huge exponent": NAMED.replace(WORTH, '"points": 10, "amount": 1e999999999'),
    "a number that is nearly nothing": NAMED.replace(WORTH, '"points": 10, "amount": 1e-400'),
    "NaN": named("NaN"),
    "Infinity": NAMED.replace(WORTH, '"points": Infinity, "amount": 1'),
    "NUL": named('"a\\u0000b"'),
    "control characters": named('"a\\u0007\\u001b[31mb"'),
    "half a character": named('"\\ud800"'),
    "text that turns around": named('"Lune \\u202egpj.exe"'),
    "text that is embedded": named('"\\u202bLune"'),
    "a name without end": named(json.dumps("x" * 1_000_000)),
    "a key twice": named('"Lune", "name": "Soleil"'),
    "a key twice, deep inside": NAMED.replace(WORTH, f'{WORTH}, "amount": 2'),
    "30,000 rules": rules(30_000),
    "a million rules": "[" + ",".join(['{"id":"r"}'] * 1_000_000) + "]",
    "an id with a path": NAMED.replace('"id": "spend"', '"id": "../../spend"'),
    "the same id twice": NAMED.replace('"id": "word"', '"id": "spend"'),
    "no map": '"Lune"',
    "nothing": "null",
    "bytes that are no UTF-8": b'{"document":{"name":"\xff\xfe"}}',
}
HARMLESS = {
    "a formula": '"=HYPERLINK(\\"https://evil.example\\")"',
    "markup": '"<script>alert(1)</script>"',
    "a template": '"{{ 7 * 7 }}{% load x %}${7*7}"',
    "right to left": '"\\u0642\\u0645\\u0631 \\u2067Lune\\u2069"',
    "a joined emoji": '"\\ud83d\\udc69\\u200d\\ud83d\\ude80"',
}


@pytest.fixture
def api() -> Api:
    return make_api()


def versions() -> int:
    with scopes_disabled():
        return ProgrammeVersion.objects.count()


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("operation", ["publish", "check"])
def test_a_hostile_document_is_refused_with_a_reason_and_nothing_is_left(api, operation, what):
    document = REFUSED[what]
    body = document if isinstance(document, bytes) else f'{{"document": {document}}}'
    before = versions()
    begun = time.process_time()
    answer = api("POST", f"/programme/{operation}", body, once="once" if operation == "publish" else None)
    assert time.process_time() - begun < 10
    told = answer.json()
    if operation == "check" and answer.status_code == 200:
        assert told["is_valid"] is False
        assert all(each["message"] for each in told["problems"])
    else:
        assert (answer.status_code in (400, 413, 422), bool(told["detail"])) == (True, True)
    assert len(answer.content) < 100_000
    assert versions() == before
    with scopes_disabled():
        assert not Answer.objects.exists()


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_only_text_stays_the_text_that_it_is(api, what):
    text = json.loads(HARMLESS[what])
    api.good("POST", "/programme/publish", f'{{"document": {named(HARMLESS[what])}}}')
    assert api.good("GET", "/programme")["document"]["name"] == text


def test_ten_thousand_rules_are_a_lot_and_still_work(api):
    api.good("POST", "/programme/publish", f'{{"document": {rules(10_000)}}}')
    begun = time.process_time()
    assert api.good("POST", "/quotes", CART, once=None)["earns"] == 25 * 10_000
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "what", ["a key twice", "NUL", "lists that nest 100,000 deep", "text that turns around"]
)
def test_the_command_refuses_the_same_in_a_file(tmp_path: Path, what, capsys):
    from palier.cli import main

    file = tmp_path / "programme.json"
    file.write_text(REFUSED[what], encoding="utf-8")
    assert main(["programme", "check", str(file)]) in (1, 2)
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert (said.out + said.err).strip()
