"""The ``palier`` command itself: its table, its refusals, and what it does before a command's own work."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from palier.cli import COMMANDS, main
from palier.cli.start import NotInitialised, require_programme


def test_every_command_of_the_table_has_its_file():
    assert [
        name for name, each in COMMANDS.items() if find_spec(f"{each.package}.{each.module}") is None
    ] == []


@pytest.mark.parametrize("words", [[], ["--help"], ["help"]])
def test_help_names_every_command(words, capsys):
    assert main(words) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in COMMANDS)


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("palier ")


def test_a_misspelt_command_is_refused_with_what_was_meant(capsys):
    assert main(["rehears"]) == 2
    assert capsys.readouterr().err == "palier: there is no command 'rehears'; meant: rehearse\n"


@pytest.mark.django_db
def test_a_database_without_a_programme_asks_for_palier_init():
    with pytest.raises(NotInitialised, match="run palier init"):
        require_programme()


@pytest.mark.parametrize("words", [["verify"], ["init"], ["serve"]])
def test_a_database_that_does_not_answer_is_told_in_one_line(words):
    away = {**os.environ, "DJANGO_SETTINGS_MODULE": "palier.config.settings"}
    away |= {
        "PALIER_DATABASE_URL": "postgresql://anna:secret@127.0.0.1:1/none",
        "PALIER_SECRET_KEY": "x" * 50,
    }
    told = subprocess.run([sys.executable, "-m", "palier", *words], env=away, capture_output=True, text=True)
    assert told.returncode == 2
    assert told.stderr.startswith("palier: the database does not answer: ")
    assert "Traceback" not in told.stderr
    assert "secret" not in told.stderr


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Anna, " * 100)
    wrong = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "palier.config.settings",
        "PALIER_DATABASE_URL": f"sqlite:///{tmp_path}/letter.txt",
        "PALIER_SECRET_KEY": "x" * 50,
    }
    told = subprocess.run(
        [sys.executable, "-m", "palier", "health"], env=wrong, capture_output=True, text=True
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("palier: the database cannot be read: file is not a database")
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["work", "--pause", "0"],
        ["work", "--dead-after", "nan"],
        ["member", "balance", "C-1", "--at", "soon"],
        ["member", "tier", "C-1", "gold", "--reason", "x", "--until", "2026-13-01"],
        ["member", "explain", "C-1", "--limit", "0"],
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_in_words(words, capsys):
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"argument {words[-2]}: {words[-1]!r} is no " in said
