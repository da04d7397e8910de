"""What a merchant wrote stays as it is: a section is put in its place, and a path knows its line."""

import pytest

from palier.core.programme.parse import parse_text
from palier.core.programme.source import LINES_TEXT_MAX, as_written, lines_of, with_section

HEAD = "name: A\ncurrency: EUR\n"
POINTS = "points:\n  valid_for: P12M\n"
RICH = parse_text(HEAD + POINTS)
PLAIN = parse_text(HEAD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, HEAD + POINTS),
        (HEAD.rstrip("\n"), HEAD + POINTS),
        (HEAD + "points: {valid_for: P6M}", HEAD + POINTS),
        (HEAD + "points:\n  valid_for: P6M\n\n# Tiers\n", HEAD + POINTS + "\n# Tiers\n"),
        (HEAD + "points:\n  # a year\n  valid_for: P6M\n# end", HEAD + POINTS + "# end"),
        ("points: {valid_for: P6M}\n" + HEAD, POINTS + HEAD),
        ("'points':\n  {\n  valid_for: P6M\n}\n" + HEAD, POINTS + HEAD),
        ("# first\n\npoints:\n\tvalid_for: P6M\n" + HEAD, "# first\n\n" + POINTS + HEAD),
        (
            "name: A  # ours\npoints: {valid_for: P6M}\ncurrency: EUR\n",
            "name: A  # ours\n" + POINTS + "currency: EUR\n",
        ),
        ("", ""),
        ("{name: A, currency: EUR}", ""),
        ("name: B\ncurrency: EUR\n", ""),
        (HEAD + "earning: []\n", HEAD + "earning: []\n" + POINTS),
        (HEAD + "broken: [\n", ""),
    ],
)
def test_a_section_takes_its_place_and_all_else_stays(before, after):
    assert with_section(before, "points", RICH) == after


def test_a_section_that_is_gone_leaves_its_lines():
    assert with_section(HEAD + POINTS + "# end\n", "points", PLAIN) == HEAD + "# end\n"
    assert with_section(HEAD, "points", PLAIN) == HEAD


def test_a_text_that_says_something_else_is_written_anew():
    assert as_written(HEAD, PLAIN) == HEAD
    assert as_written("# ours\n" + HEAD, PLAIN) == "# ours\n" + HEAD
    for other in ("", "name: B\ncurrency: EUR\n", "name: [\n", "- 1\n"):
        assert parse_text(as_written(other, PLAIN)) == PLAIN


TEXT = """\
name: A
currency: EUR
tiers:
  ladder:
    - id: a
      from: 0
    - {id: b, from: 5}
segments: []
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("name", 1),
        ("tiers", 3),
        ("tiers.ladder", 4),
        ("tiers.ladder[0]", 5),
        ("tiers.ladder[0].from", 6),
        ("tiers.ladder[1].from", 7),
        ("tiers.ladder[1].name", 7),
        ("tiers.ladder[2]", 4),
        ("tiers.ladder[2].from", 4),
        ("tiers.grace", 3),
        ("points.valid_for", 1),
        ("segments[0]", 8),
        ("name[0]", 1),
        ("name.x", 1),
        ("", 1),
        ("'name'", 1),
    ],
)
def test_a_path_is_found_on_its_line_or_on_that_of_what_holds_it(path, line):
    assert lines_of(TEXT, [path, "currency"]) == (line, 2)
    assert lines_of("\ufeff" + TEXT, [path]) == (line,)
    assert lines_of("\n\n" + TEXT, [path, "currency"]) == (line + 2, 4)


def test_the_last_of_two_equal_keys_is_what_is_meant():
    assert lines_of("a: 1\nb: 2\na: 3\n", ["a"]) == (3,)


def test_what_cannot_be_read_has_no_lines():
    assert lines_of("a: [", ["a", "b"]) == (None, None)
    assert lines_of("", ["a"]) == (None,)
    full = "#" * (LINES_TEXT_MAX - len(TEXT) - 1) + "\n" + TEXT
    assert lines_of(full, ["name"]) == (2,)
    assert lines_of(full + "#", ["name", "currency"]) == (None, None)
