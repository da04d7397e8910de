"""``palier programme``: checked, shown, compared, published, rolled back."""

import json
import os
import re
import subprocess
import sys

import pytest
from django_scopes import scopes_disabled

from palier.cli import main
from palier.core.programme.canonical import to_document
from palier.core.programme.parse import parse, parse_text
from palier.core.programme.text import to_json, to_yaml
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.programmes.models import Programme, ProgrammeVersion
from tests.entrances.import_fixtures import DOCUMENT
from tests.house.checkout import ROOT

GOOD = """
# What gold is worth
name: Gifts
currency: GBP
timezone: Europe/London
spend: {exclude: {categories: [gift-cards]}}
earning: [{id: spend, award: {points: 2, per: 1}}]
tiers: {ladder: [{id: bronze, from: 0}, {id: silver, from: 100}, {id: gold, from: 1500}]}
"""
DOUBTFUL = """
name: Doubt
currency: EUR
earning: [{id: spend, award: {points: 1, per: 1}}]
"""
BROKEN = """
name: Broken
currency: EUR
earning: [{id: spend, award: {pints: 1, per: 1}}]
tiers: {ladder: [{id: bronze, from: 0, discount: {percent: 150}}]}
"""


@pytest.fixture
def palier(shop):
    """Runs a command on a programme with one version: (exit status, standard output, standard error)."""

    def run(*words):
        status = main(["programme", *(str(word) for word in words)])
        told = shop.capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    def write(text, name="programme.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_good_document_passes(palier, file):
    status, out, err = palier("check", file(GOOD))
    assert (status, err) == (0, "")
    assert "is a valid programme" in out


def test_every_problem_is_told_with_its_place_the_reason_and_what_was_meant(palier, file):
    status, out, err = palier("check", file(BROKEN))
    assert (status, out) == (2, "")
    assert "2 problems" in err
    assert "earning[0].award.pints: unknown key" in err
    assert "(meant: points)" in err
    assert "tiers.ladder[0].discount.percent: a percentage lies between 0 and 100" in err


def test_machines_get_the_problems_as_json(palier, file):
    status, out, _err = palier("check", file(BROKEN), "--json")
    told = json.loads(out)
    assert (status, told["valid"]) == (2, False)
    assert told["problems"][0]["path"] == "earning[0].award.pints"
    assert told["problems"][0]["suggestion"] == "points"


def test_warnings_fail_only_a_strict_check(palier, file):
    status, out, _err = palier("check", file(DOUBTFUL))
    assert status == 0
    assert out.startswith("warning: ")
    assert palier("check", file(DOUBTFUL), "--strict")[0] == 1
    status, out, _err = palier("check", file(DOUBTFUL), "--json")
    assert (status, json.loads(out)["valid"]) == (0, True)
    assert json.loads(out)["warnings"][0]["code"]


@pytest.mark.parametrize("name", ["nothing.yaml", "."])
def test_a_file_that_cannot_be_read_is_refused_by_its_name(palier, tmp_path, name):
    status, _out, err = palier("check", tmp_path / name)
    assert status == 2
    assert str(tmp_path / name) in err


def test_text_in_another_encoding_is_refused(palier, tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: Café\ncurrency: EUR\n".encode("latin-1"))
    status, _out, err = palier("check", path)
    assert status == 2
    assert "UTF-8" in err


def test_checking_needs_no_installation(tmp_path, file):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PALIER", "DJANGO"))
    }
    command = [sys.executable, "-m", "palier", "programme", "check", str(file(GOOD))]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "var").exists()


def test_the_schema_is_json(palier):
    status, out, _err = palier("schema")
    assert (status, json.loads(out)["title"]) == (0, "Palier programme")


def test_what_is_shown_is_the_version_in_force_and_reads_back_as_the_same(palier):
    status, out, _err = palier("show")
    assert status == 0
    assert parse_text(out) == parse(DOCUMENT)
    assert [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "format", "name", "currency", "timezone", "spend", "earning", "tiers",
    ]  # fmt: skip
    assert "  - {id: silver, from: 100}" in out
    assert parse(json.loads(palier("show", "--format", "json")[1])) == parse(DOCUMENT)


def documented():
    text = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("text", documented(), ids=range(len(documented())))
def test_every_documented_programme_is_written_in_yaml_without_quotes_and_read_back_as_the_same(text):
    programme = parse_text(text)
    written = to_yaml(to_document(programme))
    assert parse_text(written) == programme
    assert '"' not in written
    assert "'" not in written
    assert parse_text(to_json(to_document(programme))) == programme


@pytest.mark.parametrize("name", ["true", "12", "1e5", "2026-12-05T18:00", "null", "# a", "a: b", "05", ".5"])
def test_names_that_look_like_something_else_survive_being_written(name):
    programme = parse({"name": name, "currency": "EUR", "earning": [
        {"id": "a", "lines": {"products": [name]}, "award": {"points": 1}}]})  # fmt: skip
    assert parse_text(to_yaml(to_document(programme))) == programme


def test_publishing_tells_what_changes_and_puts_it_in_force(palier, file):
    status, out, err = palier("publish", file(GOOD), "--note", "Double", "--author", "Mia")
    assert (status, err) == (0, "")
    changes, last = out.splitlines()[:2], out.splitlines()[-1]
    assert any("1500" in line.replace(",", "") for line in changes)
    assert any(line.startswith("warning: ") for line in out.splitlines())
    assert last == "Version 2 is in force."
    with scopes_disabled():
        version = ProgrammeVersion.objects.get(number=2)
    assert (version.author, version.note, version.source) == ("Mia", "Double", GOOD)
    assert palier("show", "--format", "source")[1].startswith("\n# What gold is worth")


def test_a_dry_run_tells_the_same_and_writes_nothing(palier, file):
    status, out, _err = palier("publish", file(GOOD), "--dry-run")
    assert status == 0
    assert out.splitlines()[-1] == "Would be in force as version 2. Nothing was written."
    assert len(json.loads(palier("list", "--json")[1])) == 1
    assert palier("publish", file(GOOD))[1].splitlines()[-1] == "Version 2 is in force."


def test_publishing_the_same_again_makes_no_version(palier, file):
    palier("publish", file(GOOD))
    status, out, _err = palier("publish", file(GOOD))
    assert status == 0
    assert "Nothing differs from version 2, in force." in out
    assert len(json.loads(palier("list", "--json")[1])) == 2


def test_an_invalid_document_is_not_published(palier, file):
    status, _out, err = palier("publish", file(BROKEN))
    assert status == 2
    assert "(meant: points)" in err
    assert len(json.loads(palier("list", "--json")[1])) == 1


def test_the_currency_of_a_programme_with_members_stays_even_in_a_dry_run(palier, shop, file):
    assert main(["import", "balances", shop.file("b.csv", "customer,points\nann,5\n")]) == 0
    status, _out, err = palier("publish", file(GOOD.replace("GBP", "EUR")), "--dry-run")
    assert status == 2
    assert "currency: is GBP for the life of the programme" in err


def test_publishing_a_file_leaves_the_draft_and_says_so(palier, file):
    palier("publish", file(GOOD), "--draft")
    out = palier("publish", file(GOOD.replace("from: 1500", "from: 1400")))[1]
    assert out.splitlines()[-2:] == ["Version 2 is in force.", "The draft stays a draft, as version 3."]
    assert parse_text(palier("show", "--draft")[1]) == parse_text(GOOD)


def test_a_draft_changes_nothing_until_it_is_published(palier, file):
    status, out, _err = palier("publish", file(GOOD), "--draft")
    assert (status, out.splitlines()[-1]) == (0, "Kept as the draft, version 2.")
    assert [row["state"] for row in json.loads(palier("list", "--json")[1])] == ["in force", "draft"]
    assert palier("diff", "current", "draft")[1] == palier("diff", "1", file(GOOD))[1]
    assert parse_text(palier("show", "--draft")[1]) == parse_text(GOOD)
    assert palier("publish", "draft")[1].splitlines()[-1] == "Version 2 is in force."
    status, _out, err = palier("show", "--draft")
    assert status == 2
    assert "there is no draft" in err


def test_rolling_back_puts_an_earlier_version_in_force_as_a_new_one(palier, file):
    palier("publish", file(GOOD))
    status, out, _err = palier("rollback", "1", "--dry-run")
    assert (status, out.splitlines()[-1]) == (0, "Would be in force as version 3. Nothing was written.")
    status, out, _err = palier("rollback", "1")
    assert (status, out.splitlines()[-1]) == (0, "Version 3 is in force.")
    assert parse_text(palier("show")[1]) == parse(DOCUMENT)
    rows = palier("list")[1].splitlines()
    assert [row.split()[1] for row in rows] == ["earlier", "earlier", "in"]
    assert rows[-1].endswith("rolled back to version 1")
    status, _out, err = palier("rollback", "9")
    assert status == 2
    assert "there is no version 9" in err


def test_differences_are_told_in_three_languages(palier, file):
    told = {
        language: palier("diff", "1", file(GOOD), "--language", language)[1]
        for language in ("en", "fr", "de")
    }
    assert len(set(told.values())) == 3
    assert palier("diff", "1", "current")[1] == "Nothing differs.\n"
    assert len(json.loads(palier("diff", "1", file(GOOD), "--json")[1])["changes"]) == len(
        told["en"].splitlines()
    )


def test_one_of_several_programmes_must_be_named(palier):
    from datetime import UTC, datetime

    init_programme(InitProgramme("Outlet", "EUR"), now=datetime(2026, 1, 1, tzinfo=UTC))
    status, _out, err = palier("show")
    assert status == 2
    assert "choose with --programme" in err
    other = re.search(r"(\S+) \(Outlet\)", err)[1]
    assert "name: Outlet" in palier("show", "--programme", other)[1]
    assert palier("show", "--programme", "nobody")[0] == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", [("show",), ("list",), ("publish", "draft"), ("rollback", "1"), ("diff", "1", "2")]
)
def test_an_empty_database_asks_for_palier_init(capsys, words):
    assert main(["programme", *words]) == 2
    assert "run palier init" in capsys.readouterr().err


@pytest.mark.django_db
def test_an_installation_begins_with_a_document(capsys, file):
    assert main(["init", "--document", str(file(BROKEN))]) == 2
    assert "2 problems" in capsys.readouterr().err
    assert not Programme.objects.exists()
    assert main(["init", "--document", str(file(GOOD)), "--name", "Presents"]) == 2
    assert main(["init", "--document", str(file(GOOD))]) == 0
    assert "awards nothing" not in capsys.readouterr().out
    assert main(["programme", "show", "--format", "source"]) == 0
    assert capsys.readouterr().out.startswith("\n# What gold is worth")
    assert main(["init", "--document", str(file(GOOD))]) == 0
    assert "palier programme publish" in capsys.readouterr().out
    made = Programme.objects.values_list("name", "currency", "timezone")
    assert list(made) == [("Gifts", "GBP", "Europe/London")]
