"""Changes that change nothing that anyone could notice, each with its reason.

Named by file, function, the text of the line, and what was changed.
"""

EQUIVALENT: dict[tuple[str, str, str, str], str] = {}
