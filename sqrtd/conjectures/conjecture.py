"""Conjectures about networks: functions of a DAG that should always return True."""

import inspect
from collections.abc import Callable, Hashable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis.errors import UnsatisfiedAssumption

from evidence.errors import UserError
from running.user_files import explain_error, parse_user_function
from theory.dag import Dag

PARAMETERS = ("dag", "x", "o")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a conjecture says of one DAG.

    Attributes
    ----------
    kind : "holds", "fails", or the type of what else was returned or raised.
    complaint : why that is neither; empty if it is one of the two.
    """

    kind: str
    complaint: str = ""


HOLDS, FAILS = Answer(kind="holds"), Answer(kind="fails")


@dataclass(frozen=True, kw_only=True)
class Conjecture:
    """A user's function.

    Attributes
    ----------
    name : file or module, and function, as on the command line.
    function : takes `dag` and, if wanted, `x` (one of its inputs) and `o` (one of its outputs);
        returns whether the conjecture holds there.
    parameters : which of the three it takes.
    """

    name: str
    function: Callable[..., object]
    parameters: frozenset[str]

    @property
    def file(self) -> Path:
        """Where it stands."""
        return Path(inspect.getfile(inspect.unwrap(self.function)))

    def test(self, case: "Counterexample") -> Answer:
        """Call the function on one DAG.

        Raises
        ------
        hypothesis.errors.UnsatisfiedAssumption
            If the function assumes the DAG away.
        """
        # A copy, which the function may edit without changing what is found.
        given = {"dag": deepcopy(case.dag), "x": case.x, "o": case.o}
        arguments = {name: given[name] for name in self.parameters}
        try:
            answer = self.function(**arguments)
        except (UnsatisfiedAssumption, KeyboardInterrupt):
            raise
        except BaseException as error:  # a user's function raises whatever it likes
            return Answer(
                kind=type(error).__name__, complaint=f"raises {explain_error(error, self.file)}"
            )
        if not isinstance(answer, bool | np.bool_):
            kind = type(answer).__name__
            return Answer(
                kind=kind,
                complaint=f"returns {kind} instead of True or False (bool(...) makes one)",
            )
        return HOLDS if answer else FAILS

    def choices(self, dag: Dag) -> Iterator["Counterexample"]:
        """Yield the DAG with each choice of x and o; None for what the function does not take."""
        for x in dag.inputs if "x" in self.parameters else (None,):
            for o in dag.outputs if "o" in self.parameters else (None,):
                yield Counterexample(dag=dag, x=x, o=o)


@dataclass(frozen=True, kw_only=True)
class Counterexample:
    """A DAG on which a conjecture may fail; x and o are None where it does not take them."""

    dag: Dag
    x: Hashable | None
    o: Hashable | None


def read_conjecture(target: str) -> Conjecture:
    """Import FILE.py:function or package.module:function, as `python -m pytest` does.

    Raises
    ------
    UserError
        If the file or module cannot be run, has no such function, or its parameters are not `dag`
        and, if wanted, `x` and `o`.
    """
    function = parse_user_function(target, "a conjecture").load()
    parameters = inspect.signature(function).parameters
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if (
        "dag" not in parameters
        or not set(parameters) <= set(PARAMETERS)
        or any(parameter.kind not in by_name for parameter in parameters.values())
    ):
        raise UserError(
            f"{target} takes ({', '.join(parameters)}); its parameters must be dag and, if "
            "wanted, x (an input) and o (an output)"
        )
    return Conjecture(name=target, function=function, parameters=frozenset(parameters))
