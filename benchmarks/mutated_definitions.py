"""Make each definition of the proofs wrong, and see that Coq refuses what follows.

    python benchmarks/mutated_definitions.py

Prints a table in Markdown: the definition, what was made of it, and the first file that Coq
refuses. It takes two minutes, and exits with 1 if a wrong definition goes unnoticed.
"""

import re
import sys

from evidence.errors import UserError
from theory.proofs.build import check
from theory.proofs.record import sources

MUTATIONS = [
    ("path_sum", "1/d_p becomes 1/(d_p + 1)", "dags", "(head e))%:R^-1.", "(head e)).+1%:R^-1."),
    (
        "in_degree",
        "parallel edges count once",
        "dags",
        "#|[pred e | @head G e == v]|",
        "#|[set @tail G e | e in [pred e | @head G e == v]]|",
    ),
    ("is_path", "dead ends are paths, too", "dags", "else x == o.", "else true."),
    ("paths", "the longest paths are left out", "dags", "(number o) x o.", "(number o).-1 x o."),
    (
        "derivative",
        "the gates are dropped",
        "random_weights",
        "weights p * gates [seq head e | e <- p].",
        "weights p.",
    ),
    ("H3", "the variance is 1/d_p", "random_weights", "= 2%:R / (in_degree", "= 1%:R / (in_degree"),
    ("H1", "all gates are open", "random_weights", "* 2%:R^-1 ^+ size t)", "* 1 ^+ size t)"),
]
"""Definition, what becomes of it in words, its file, its text, the wrong text."""


def main() -> int:
    """Try every wrong definition."""
    unnoticed = 0
    print("| definition | made wrong | Coq refuses |\n| --- | --- | --- |")
    for name, words, module, right, wrong in MUTATIONS:
        texts = sources()
        if texts[module].count(right) != 1:
            raise UserError(f"{right!r} should stand once in {module}.v")
        texts[module] = texts[module].replace(right, wrong)
        try:
            check(texts)
            unnoticed += 1
            refused = "nothing"
        except UserError as error:
            where = re.search(r"(\w+\.v)\", line (\d+)", str(error))
            refused = f"{where[1]}, line {where[2]}" if where else str(error)
        print(f"| `{name}` | {words} | {refused} |", flush=True)
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main())
