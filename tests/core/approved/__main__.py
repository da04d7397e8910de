"""Write the approved texts anew; read the difference before it is committed."""

from tests.core.approved.texts import FOLDER, TEXTS

for name, lines in TEXTS.items():
    (FOLDER / f"{name}.txt").write_text("\n".join(lines()) + "\n", encoding="utf-8")
