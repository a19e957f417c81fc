"""Experiments as TOML, with one thing wrong each."""

from collections.abc import Iterator

GOOD = """\
[images]
data = "digits"
train = 100
held_out = 60

[measure]
epsilon = 0.1

[recipe]
epochs = 1
batch = 32
learning_rate = 0.02
halve_every = 1

[[networks]]
network = ["paper-figure-3-average"]
sizes = [8]
widths = [2, 2, 2, 2, 2, 2]
methods = ["plain"]
repeats = 2
"""

OF_NO_KEY = ("nan", "true", "{}", "[[1]]", "1979-05-27")
WHOLE = ("-1", "0", "1.5", '"x"')
VALUES = {
    "data": ("1", '""', '"nothing"', '"cifar10:/nowhere"', '"imagefolder:"'),
    "train": WHOLE,
    "held_out": WHOLE,
    "epsilon": ("-1", "0", "inf", '"x"'),
    "epochs": WHOLE,
    "batch": WHOLE,
    "learning_rate": ("-1", "0", "inf", '"x"'),
    "halve_every": WHOLE,
    "network": ("1", "[]", '["nothing"]', '"dense"', "[1]", '["nowhere.py:f"]'),
    "sizes": ("8", "[]", "[0]", "[-8]", "[8.5]", '["8"]', "[8, 8]", "[10000000000]"),
    "widths": ("2", "[]", "[0]", "[-1]", "[2.5]", "[2]"),
    "methods": ('"plain"', "[]", '["nothing"]', "[1]", '["plain", "plain"]', '["l1-penalty"]'),
    "repeats": ("-1", "1.5", '"x"'),
}
"""What no value of a key can be; the key alone decides what it wants."""


def malformed_experiments() -> Iterator[tuple[str, str]]:
    """Yield what is wrong, and the text."""
    lines = GOOD.splitlines()
    for at, line in enumerate(lines):
        key, is_setting, _ = line.partition(" = ")
        if not is_setting:
            continue

        def instead(*others: str, at: int = at) -> str:
            return "\n".join([*lines[:at], *others, *lines[at + 1 :]])

        yield f"{key} twice", instead(line, line)
        yield f"x{key}", instead(f"x{line}")
        for value in (*OF_NO_KEY, *VALUES[key]):
            yield f"{key} = {value}", instead(f"{key} = {value}")
    for table in ("[images]", "[measure]", "[recipe]", "[[networks]]"):
        yield f"{table} of another kind", GOOD.replace(table, "[x]")
        yield f"{table} as a number", f"{table.strip('[]')} = 3\n" + GOOD
    yield "an unknown figure", 'figure = "figure-9"\n' + GOOD
