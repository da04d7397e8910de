"""The import contracts cover what exists; ``lint-imports`` itself runs in ``./run lint``."""

import ast
import re
import tomllib

from tests.house.checkout import PACKAGE, ROOT, python_files, shown, syntax


def contracts():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def test_channels_and_connectors_are_barred_from_flows_once_they_exist():
    barred = set(contracts()["outbox"]["forbidden_modules"])
    exist = {f"palier.{name}" for name in ("channels", "connectors") if (PACKAGE / name).is_dir()}
    assert exist <= barred


def test_every_package_has_its_floor():
    floors = set(re.findall(r"\w+", " ".join(contracts()["floors"]["layers"])))
    packages = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert packages <= floors


def test_only_entrances_and_settings_read_the_environment():
    """Whoever reads ``os.environ`` below the entrances makes a result depend on the machine."""
    readers = [
        f"{shown(file)}:{node.lineno}"
        for file in python_files(PACKAGE / "core", PACKAGE / "store", PACKAGE / "flows")
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert readers == []
