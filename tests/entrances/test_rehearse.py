"""``palier rehearse`` as people and machines call it: exit status, report, JSON."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

pytestmark = pytest.mark.once

HOLDS = """\
scenario: One order
programme: {format: 1, name: Demo, currency: EUR, earning: [{id: spend, award: {points: 1, per: 1}}]}
steps:
  - at: 2026-01-12T09:00:00Z
    order: {id: A1, member: ana, status: paid, lines: [{product: tee, quantity: 1, price: 30.50}]}
    expect: {ana: {spend: 30.5, points: {available: 30}}, messages: []}
"""
FAILS = HOLDS.replace("spend: 30.5", "spend: 31").replace("messages: []", "messages: [{to: ana}]")
REFUSED = HOLDS.replace("quantity: 1", "quantity: 0")
PRICED = HOLDS + "  - quote: {member: ana, lines: [{product: mug, quantity: 1, price: 20}]}\n"


def palier(*arguments, cwd):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PALIER_")}
    environment["DJANGO_SETTINGS_MODULE"] = "palier.config.settings"
    command = [sys.executable, "-m", "palier", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def rehearse(tmp_path_factory):
    """``palier rehearse`` on a database whose tables are there already: making them takes longer than all the rest."""
    url = f"sqlite:///{tmp_path_factory.mktemp('tables') / 'kept.sqlite3'}"

    def run(*arguments, cwd):
        return palier("rehearse", "--database", url, *arguments, cwd=cwd)

    return run


@pytest.fixture
def story(tmp_path):
    def write(text, name="story.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def test_all_that_holds_exits_with_0_and_leaves_nothing_behind(tmp_path, story):
    done = palier("rehearse", story(HOLDS), cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 held\n", "")
    assert [file.name for file in tmp_path.iterdir()] == ["story.yaml"]


def test_carriers_and_days_that_are_others_than_expected_are_told(tmp_path, story, rehearse):
    text = HOLDS.replace(
        "earning:", "tiers: {ladder: [{id: base, from: 0, free_shipping: [b, a]}]}, earning:"
    )
    text += """\
  - quote: {member: ana, lines: [{product: mug, quantity: 1, price: 20}]}
    expect: {quote: {free_shipping: [a]}}
  - expect: {quote: {free_shipping: all}}
  - expect: {quote: {free_shipping: [a, b, b]}}
  - expect: {quote: {free_shipping: [b, a]}}
"""
    done = rehearse(story(text), "--json", cwd=tmp_path)
    (told,) = json.loads(done.stdout)["files"]
    assert [failure["step"] for failure in told["failures"]] == [2, 3, 4]
    assert {str(failure["got"]) for failure in told["failures"]} == {"['a', 'b']"}


def test_what_fails_is_told_with_its_place_and_exits_with_1(tmp_path, story, rehearse):
    done = rehearse(story(FAILS), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "story.yaml: step 1: ana.spend: expected 31, got 30.50",
        "story.yaml: step 1: messages: expected [{to: ana}], got []",
        "1 failed",
    ]


def test_a_refusal_that_nobody_expected_is_a_failure(tmp_path, story, rehearse):
    done = rehearse(story(REFUSED), cwd=tmp_path)
    assert done.returncode == 1
    assert "step 1: order: expected no refusal, got invalid_order: lines[0].quantity" in done.stdout


def test_an_expected_refusal_that_does_not_come_is_a_failure(tmp_path, story, rehearse):
    done = rehearse(story(HOLDS.replace("expect: {", "expect: {error: invalid_order, ")), cwd=tmp_path)
    assert done.returncode == 1
    assert "step 1: error: expected invalid_order, got nothing" in done.stdout


INVALID = (
    ("scenario: [", "this is not YAML"),
    (HOLDS.replace("steps:", "stpes:"), "stpes: unknown key; .*meant: steps"),
    (HOLDS.replace("    order:", "    odrer:"), r"steps\[0\]\.odrer: unknown key; .*meant: order"),
    (HOLDS.replace("points: {available", "points: {availabel"), "no such fact; .*meant: available"),
    (HOLDS.replace("per: 1", "pre: 1"), r"programme\.earning\[0\]\.award\.pre: .*meant: per"),
    (HOLDS.replace("programme: {format", "programme: nowhere.yaml #"), "nowhere.yaml.* cannot be read"),
    (HOLDS + "  - at: 2025-01-01\n", r"steps\[1\]\.at: the clock never goes back"),
    (HOLDS + "  - {gift: {member: ana}, erase: {member: ana}}\n", r"steps\[1\]: a step does one thing"),
    (HOLDS + "  - erase: {memeber: ana}\n", r"steps\[1\]\.erase\.memeber: unknown key; .*meant: member"),
    (HOLDS + "members: {ana: {born: soon}}\n", r"members\.ana\.born: expected a day"),
    (
        HOLDS.replace("messages: []", "message: []"),
        r"expect\.message: expected the facts of .*meant: messages",
    ),
)


def test_files_that_are_not_valid_exit_with_2_and_the_reason(tmp_path, story, rehearse):
    files = [story(text, f"{number}.yaml") for number, (text, _) in enumerate(INVALID)]
    done = rehearse(*files, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    told = done.stdout.splitlines()
    assert told.pop() == f"{len(INVALID)} not valid"
    for line, (_, reason) in zip(told, INVALID, strict=True):
        assert re.search(reason, line)


def test_a_missing_file_is_not_valid(tmp_path, rehearse):
    done = rehearse("nowhere.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "nowhere.yaml: this file cannot be read: No such file or directory" in done.stdout


def test_one_bad_file_does_not_hide_the_others(tmp_path, story, rehearse):
    files = [
        story("steps: 1", "a.yaml"),
        story(FAILS, "b.yaml"),
        story(HOLDS, "c.yaml"),
        story(PRICED, "d.yaml"),
    ]
    done = rehearse(*files, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "2 held, 1 failed, 1 not valid"


def test_the_programme_may_stand_in_a_file_of_its_own(tmp_path, story, rehearse):
    document = re.search(r"programme: (.*)", HOLDS)[1]
    story(document, "programme.yaml")
    done = rehearse(story(HOLDS.replace(document, "programme.yaml")), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 held\n")


def test_json_is_one_report_that_a_machine_can_read(tmp_path, story, rehearse):
    done = rehearse("--json", story(FAILS), story(HOLDS, "other.yaml"), cwd=tmp_path)
    report = json.loads(done.stdout)
    assert (done.returncode, report["status"]) == (1, 1)
    assert report["counts"] == {"held": 1, "failed": 1, "invalid": 0}
    assert report["files"][0] == {
        "file": "story.yaml",
        "scenario": "One order",
        "state": "failed",
        "steps": 1,
        "reason": "",
        "failures": [
            {"step": 1, "path": "ana.spend", "expected": 31, "got": "30.50"},
            {"step": 1, "path": "messages", "expected": [{"to": "ana"}], "got": []},
        ],
    }


def test_another_database_is_migrated_and_may_be_used_again(tmp_path, story):
    for _ in range(2):
        done = palier("rehearse", "--database", "sqlite:///kept.sqlite3", story(HOLDS), cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "1 held\n", "")
    assert (tmp_path / "kept.sqlite3").exists()


def test_a_database_that_is_none_is_refused_without_a_traceback(tmp_path, story):
    done = palier("rehearse", "--database", "oracle://x", story(HOLDS), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("palier: ")
    assert "Traceback" not in done.stderr


def test_every_scenario_that_comes_with_palier_is_rehearsed_and_holds():
    done = palier("rehearse", "--json", "scenarios", cwd=ROOT)
    report = json.loads(done.stdout)
    assert done.returncode == 0, [entry for entry in report["files"] if entry["failures"]]
    assert report["counts"] == {"held": len(report["files"]), "failed": 0, "invalid": 0}
