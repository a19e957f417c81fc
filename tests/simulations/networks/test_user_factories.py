"""Users' factories: what they may be, and that a store never mixes versions of a file."""

import sys
from dataclasses import replace

import pytest
from torch import nn

from running.user_files import UserFileError, UserFunction
from simulations.engine.configurations import configure
from simulations.engine.ensemble import plan
from simulations.engine.simulation_run import ConfigurationError, SimulationRun
from simulations.networks.families import find_factory
from simulations.networks.sources import SourceError, source_of
from simulations.networks.user_factories import FactoryError, takes

FILE = """
from torch import nn

def dense(size, widths=(4, 3), *, bias=False):
    layers, before = [], size
    for width in widths:
        layers += [nn.Linear(before, width, bias), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.Linear(before, 2, bias)), (size,)

def open_ended(size, **options):
    return dense(size, **options)

def module_alone(size):
    return nn.Linear(size, 2)

def wrong_shape(size):
    return nn.Linear(size, 2), (size, 0.5)

def no_shape(size):
    return nn.Linear(size, 2), ()

def raises(size):
    raise KeyError(size)

def leaves(size):
    raise SystemExit("too large")

def two(size, depth):
    return dense(size)

def none():
    return dense(8)

def on_values(size):
    net = nn.Linear(size, 2)
    assert float(net.weight.detach().sum()) < 1e9
    return net, [size]

class_like = 3
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my nets.py"
    path.write_text(FILE)
    return path


def test_a_factory_makes_a_module_and_its_input_shape(file):
    module, shape = find_factory(f"{file}:dense")(6, widths=(5,))
    assert shape == (6,)
    assert [layer.out_features for layer in module if isinstance(layer, nn.Linear)] == [5, 2]
    assert find_factory(f"{file}:on_values")(3)[1] == (3,)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("module_alone", "returns Linear; it must return"),
        ("wrong_shape", r"returns \(Linear, \(8, 0.5\)\); it must return"),
        ("no_shape", r"returns \(Linear, \(\)\); it must return"),
        ("raises", r"raises KeyError: 8 \(line 24\) at size 8"),
        ("leaves", "raises SystemExit: too large"),
        ("two", "cannot be called with just a size: missing a required argument: 'depth'"),
        ("none", "cannot be called with just a size"),
        ("class_like", "has no function 'class_like'"),
        ("nothing", "has no function 'nothing'"),
    ],
)
def test_what_is_no_factory_is_told_in_one_line(file, target, message):
    with pytest.raises(UserFileError, match=message) as raised:
        find_factory(f"{file}:{target}")(8)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("import nothing_of_that_name", "cannot be imported: ModuleNotFoundError"),
        ("def f(size:", "cannot be imported: SyntaxError"),
        ("1 / 0", r"cannot be imported: ZeroDivisionError: .*\(line 1\)"),
    ],
)
def test_a_broken_file_is_told_in_one_line(tmp_path, content, message):
    (tmp_path / "broken.py").write_text(content)
    with pytest.raises(UserFileError, match=message):
        find_factory(f"{tmp_path / 'broken.py'}:f")


def test_options_are_those_of_the_signature(file):
    assert takes(find_factory(f"{file}:dense"), "widths")
    assert takes(find_factory(f"{file}:dense"), "bias")
    assert takes(find_factory(f"{file}:open_ended"), "widths")
    assert not takes(find_factory(f"{file}:on_values"), "widths")
    assert not takes(find_factory(f"{file}:dense"), "size")


def test_a_module_that_computes_with_its_values_is_sampled(file):
    for wishes in ({"sizes": [4, 8]}, {"dims": [4, 8]}):
        ensembles = configure(SimulationRun(network=f"{file}:on_values", **wishes))
        assert [plan(one).shape for one in ensembles] == [(4,), (8,)]


def test_an_edited_file_is_another_ensemble(file):
    first = configure(SimulationRun(network=f"{file}:dense", sizes=[4, 8]))
    assert first == configure(SimulationRun(network=f"{file}:dense", sizes=[4, 8]))
    file.write_text(FILE.replace("bias=False", "bias=True"))
    second = configure(SimulationRun(network=f"{file}:dense", sizes=[4, 8]))
    assert {one.key() for one in first}.isdisjoint(one.key() for one in second)


def test_a_file_edited_during_a_run_is_noticed(file):
    ensemble = configure(SimulationRun(network=f"{file}:dense", sizes=[4, 8]))[0]
    file.write_text(FILE + "\n# later\n")
    plan.cache_clear()
    with pytest.raises(SourceError, match="has changed in the meantime"):
        plan(ensemble)


def test_what_a_file_imports_from_its_folder_counts(tmp_path):
    (tmp_path / "parts.py").write_text("WIDTH = 3\n")
    file = tmp_path / "net.py"
    file.write_text("import math\nfrom parts import WIDTH\n")
    other = tmp_path / "unrelated.py"
    other.write_text("x = 1\n")
    before = UserFunction(str(file), "net").fingerprint()
    other.write_text("x = 2\n")
    assert UserFunction(str(file), "net").fingerprint() == before
    (tmp_path / "parts.py").write_text("WIDTH = 4\n")
    assert UserFunction(str(file), "net").fingerprint() != before


def test_a_file_in_a_package_is_imported_and_hashed_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    folder = tmp_path / "hashed_nets"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "parts.py").write_text("WIDTH = 3\n")
    (folder / "net.py").write_text(
        "from torch import nn\nfrom .parts import WIDTH\n\n"
        "def f(size): return nn.Linear(size, WIDTH), (size,)\n"
    )
    module, shape = find_factory(f"{folder / 'net.py'}:f")(5)
    assert (module.out_features, shape) == (3, (5,))
    before = UserFunction(str(folder / "net.py"), "f").fingerprint()
    (folder / "parts.py").write_text("WIDTH = 4\n")
    assert UserFunction(str(folder / "net.py"), "f").fingerprint() != before


def test_a_function_is_a_factory_but_has_no_place_in_a_store(tmp_path):
    def factory(size, widths=(4,)):
        return nn.Sequential(nn.Linear(size, *widths), nn.ReLU(), nn.Linear(*widths, 3)), (size,)

    run = SimulationRun(network=factory, sizes=[4, 8], widths=[5])
    assert [plan(one).shape for one in configure(run)] == [(4,), (8,)]
    assert run.name == "factory"
    for elsewhere in ({"store": tmp_path / "store"}, {"workers": 2}):
        with pytest.raises(ConfigurationError, match=r"give FILE\.py:factory, not a function"):
            configure(replace(run, **elsewhere))
    for network, message in ((nn.Linear, "is not a function"), (lambda: 1, "with just a size")):
        with pytest.raises(FactoryError, match=message):
            configure(SimulationRun(network=network, sizes=[4, 8]))


def test_built_in_families_read_no_files():
    assert source_of("dense", "noise") == ""
