"""What the README shows works as written, down to its lines."""

import os
import re
import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

pytestmark = pytest.mark.once

WAITS = ("serve", "work")
"""Commands that run until they are stopped."""


def section(name):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(rf"^## {re.escape(name)}$(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)[1]


def test_a_shop_of_ones_own_is_made_as_the_readme_says(tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", section("Your own shop"), re.DOTALL)
    lines = [
        line for line in "".join(blocks).splitlines() if line.split()[2:3] not in [[name] for name in WAITS]
    ]
    assert any(line.startswith("./run palier import") for line in lines)
    script = "set -e\n" + "\n".join(lines).replace("./run palier ", f"{sys.executable} -m palier ")
    names = {name: value for name, value in os.environ.items() if not name.startswith(("PALIER", "DJANGO"))}
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=names, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/set-password/" in done.stdout
    assert "programme.yaml is a valid programme; no warnings." in done.stdout
    told = done.stdout.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert "Argent" in told
    assert "129 points : 129,90 € d’achats éligibles, à raison de 1 point pour 1 €." in told
    assert "no problems" in done.stdout
    assert "palier_" in done.stdout


def test_the_pictures_of_the_readme_are_small():
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    assert [file.name for file in pictures if file.stat().st_size > 200_000] == []
