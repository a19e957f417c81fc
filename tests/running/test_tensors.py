"""Files of tensors: any protocol, any container, in any number of threads, and never a word."""

import io
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from running.arrays import read_tensors

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


class Runs:
    """What a pickle can have called where it is read."""

    def __reduce__(self):
        return print, ("run",)


def written(value, protocol, *, packed):
    file = io.BytesIO()
    torch.save(value, file, pickle_protocol=protocol, _use_new_zipfile_serialization=packed)
    file.seek(0)
    return file


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_is_read_or_refused_in_silence(protocol, packed, capfd):
    """Warnings are errors here."""
    layer = torch.nn.Linear(2, 2)
    try:
        read = read_tensors(written(layer.state_dict(), protocol, packed=packed))
    except Exception as error:  # torch knows the instructions of protocol 2
        assert protocol > 2, error  # noqa: PT017
    else:
        assert torch.equal(read["weight"], layer.weight)
    with pytest.raises(pickle.UnpicklingError):
        read_tensors(written({"x": Runs()}, protocol, packed=packed))
    assert capfd.readouterr() == ("", "")


def test_filters_of_warnings_are_as_before_when_threads_have_read():
    before = list(warnings.filters)
    files = [written({"x": torch.zeros(2)}, 2 + number % 2, packed=True) for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(read_tensors, files))) == 64
    assert warnings.filters == before
