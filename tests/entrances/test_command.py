"""The ``palier`` command itself: its table, its refusals, and what it does before a command's own work."""

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
