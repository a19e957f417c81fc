"""The search for the smallest counterexample to a conjecture."""

import random
import warnings
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import islice, takewhile
from tempfile import TemporaryDirectory

import hypothesis
from hypothesis import errors
from hypothesis.configuration import set_hypothesis_home_dir

from evidence.errors import UserError
from evidence.findings import Progress
from sqrtd.conjectures.conjecture import HOLDS, Answer, Conjecture, Counterexample
from theory.dag import Dag
from theory.strategies import dags, small_dags, with_ends


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a search found.

    Attributes
    ----------
    counterexample : the smallest found; None if every DAG fulfilled the conjecture.
    is_smallest : whether all smaller DAGs were tried too, each once up to renaming.
    tried : how many random DAGs were tried until the first counterexample.
    different : how many of them differed.
    sizes : by "inputs", "neurons" and "edges", how many of the tried DAGs had how many.
    """

    counterexample: Counterexample | None
    is_smallest: bool
    tried: int
    different: int
    sizes: dict[str, Counter[int]]


def search(conjecture: Conjecture, *, examples: int, seed: int, progress: Progress) -> Search:
    """Look for a counterexample with Hypothesis, and then for a smaller one among all small DAGs.

    Parameters
    ----------
    conjecture : what to test.
    examples : how many random DAGs to try; and, once a counterexample is found, at most how
        many DAGs in order of size.
    seed : decides the random DAGs.
    progress : told the fraction done and what is done.

    Raises
    ------
    UserError
        If the function raises, returns something else than a bool, answers differently on one
        DAG, or assumes away every DAG.
    """
    trial = _Trial(conjecture=conjecture, examples=examples, progress=progress)
    trial.draw(seed)
    found = trial.found
    if found is None:
        if not trial.seen:
            raise UserError(f"{conjecture.name} assumes away every DAG: none was tried")
        is_smallest = False
    else:
        progress(1.0, f"{len(found.dag.tails)} edges; trying the smaller ones")
        found, is_smallest = trial.smallest(found)
        if trial.answer.complaint:
            raise UserError(f"{conjecture.name} {trial.answer.complaint} on {_described(found)}")
    return Search(
        counterexample=found,
        is_smallest=is_smallest,
        tried=trial.seen.total(),
        different=len(trial.seen),
        sizes=trial.sizes,
    )


@dataclass
class _Trial:
    """A conjecture on its way through many DAGs.

    Shrinking stays with the kind of failure that was found first: otherwise a counterexample
    could shrink into a smaller DAG on which the function merely divides by zero.
    """

    conjecture: Conjecture
    examples: int
    progress: Progress
    found: Counterexample | None = None
    answer: Answer = HOLDS
    seen: Counter[tuple[int, tuple[int, ...], tuple[int, ...]]] = field(default_factory=Counter)
    sizes: dict[str, Counter[int]] = field(
        default_factory=lambda: {"inputs": Counter(), "neurons": Counter(), "edges": Counter()}
    )

    def draw(self, seed: int) -> None:
        """Draw DAGs until one is a counterexample, and let Hypothesis shrink it."""
        settings = hypothesis.settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        )
        source = with_ends(dags())
        # Hypothesis keeps notes on the modules it sees, by default in the current folder.
        with TemporaryDirectory() as notes:
            set_hypothesis_home_dir(notes)
            try:
                rng = random.Random(seed)  # noqa: S311  (no secrets)
                hypothesis.find(source, self._is_refuting, settings=settings, random=rng)
            except (errors.NoSuchExample, errors.Unsatisfiable):
                return
            except errors.Flaky:
                raise UserError(
                    f"{self.conjecture.name} gives different answers on one DAG; it must depend on "
                    "its arguments alone"
                ) from None
            finally:
                set_hypothesis_home_dir(None)

    def smallest(self, found: Counterexample) -> tuple[Counterexample, bool]:
        """Try all DAGs that are not larger, by size; return also whether none smaller was left."""
        others = takewhile(lambda dag: _size(dag) <= _size(found.dag), small_dags())
        with warnings.catch_warnings():
            # `hypothesis.assume` is meant for random DAGs, but a conjecture may use it.
            warnings.simplefilter("ignore", errors.HypothesisDeprecationWarning)
            for dag in islice(others, self.examples):
                for case in self.conjecture.choices(dag):
                    try:
                        answer = self.conjecture.test(case)
                    except errors.UnsatisfiedAssumption:
                        continue
                    if answer.kind == self.answer.kind:
                        self.answer = answer
                        return case, True
        return found, next(others, None) is None

    def _is_refuting(self, drawn: tuple[Dag, Hashable, Hashable]) -> bool:
        dag, x, o = drawn
        taken = self.conjecture.parameters
        case = Counterexample(dag=dag, x=x if "x" in taken else None, o=o if "o" in taken else None)
        answer = self.conjecture.test(case)
        if self.found is None:
            self._count(dag)
        if answer == HOLDS or (self.found and answer.kind != self.answer.kind):
            return False
        self.found, self.answer = case, answer
        self.progress(1.0, f"{len(dag.tails)} edges; shrinking")
        return True

    def _count(self, dag: Dag) -> None:
        inputs = dag.number_of_inputs
        self.seen[inputs, tuple(dag.tails.tolist()), tuple(dag.heads.tolist())] += 1
        self.sizes["inputs"][inputs] += 1
        self.sizes["neurons"][len(dag.nodes) - inputs] += 1
        self.sizes["edges"][len(dag.tails)] += 1
        tried = self.seen.total()
        self.progress(min(1.0, tried / self.examples), f"{tried:,} DAGs tried")


def _size(dag: Dag) -> tuple[int, int]:
    """What a smallest counterexample has least of: edges, then nodes."""
    return len(dag.tails), len(dag.nodes)


def _described(case: Counterexample) -> str:
    edges = ", ".join(f"{tail}->{head}" for tail, head in case.dag.edges())
    chosen = "".join(
        f", {name} = {node}" for name, node in (("x", case.x), ("o", case.o)) if node is not None
    )
    return f"the DAG with inputs {', '.join(map(str, case.dag.inputs))} and edges {edges}{chosen}"
