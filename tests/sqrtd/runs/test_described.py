"""Options are documented once: on the class of a run, for the command line and for Python."""

import argparse
import inspect
from dataclasses import fields

import pytest

import sqrtd
from simulations.engine.simulation_run import SimulationRun
from sqrtd.commands import simulate, train
from sqrtd.commands.options import Parser, read_run
from sqrtd.runs.described import described
from sqrtd.runs.training_run import TrainingRun

RUNS = [(SimulationRun, simulate, sqrtd.simulate), (TrainingRun, train, sqrtd.train)]


def help_of(command):
    """The help of each option of a command, by the name of what it sets."""
    commands = Parser().add_subparsers()
    command.add_parser(commands)
    (parser,) = commands.choices.values()
    return {action.dest: action.help for action in parser._actions}


@pytest.mark.parametrize(("run", "command", "function"), RUNS)
def test_every_field_is_described_and_no_other(run, command, function):
    assert list(described(run)) == [field.name for field in fields(run)]
    assert all(described(run).values())


@pytest.mark.parametrize(("run", "command", "function"), RUNS)
def test_the_command_has_every_field_as_an_option_with_its_words(run, command, function):
    shown = help_of(command)
    for name, words in described(run).items():
        if name not in ("progress", "out"):  # --out is never left away: it is the current folder
            assert shown[name].startswith(words.removesuffix("."))


@pytest.mark.parametrize(("run", "command", "function"), RUNS)
def test_the_function_has_every_field_as_a_parameter_and_says_what_it_is(run, command, function):
    assert list(inspect.signature(function).parameters) == [field.name for field in fields(run)]
    said = function.__doc__
    assert said.index("Parameters\n----------\n") < said.index("Raises\n------\n")
    for name in described(run):
        assert f"\n{name} : " in said
    with pytest.raises(TypeError, match="unexpected keyword argument 'nothing'"):
        function("dense", nothing=1)


def test_a_text_of_several_lines_is_joined_and_nothing_follows_it():
    class Run:
        """A run.

        Attributes
        ----------
        first : one line.
        second : goes on
            on another line.

        Raises
        ------
        third : is none.
        """

    assert described(Run) == {"first": "one line.", "second": "goes on on another line."}


def test_what_is_no_option_of_a_run_is_left_to_the_command():
    options = argparse.Namespace(network="dense", networks=7, json=True)
    run = read_run(options, SimulationRun, seed=3)
    assert (run.network, run.networks, run.seed, run.inputs) == ("dense", 7, 3, "noise")
