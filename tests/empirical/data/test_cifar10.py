"""Reading CIFAR-10: both layouts, every way in which the files can be wrong."""

import os
import pickle
from pathlib import Path

import batch_files
import numpy as np
import pytest
import torch

from empirical.data import cifar10
from empirical.data.load import DataError, load_data

RECORDS = 7


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(cifar10, "TRAINING_RECORDS", RECORDS)


@pytest.fixture(params=["bin", "py"])
def layout(request):
    return request.param


@pytest.fixture
def folder(tmp_path, layout):
    folder = tmp_path / f"cifar-10-batches-{layout}"
    batch_files.write(folder, layout, records=RECORDS, test_records=3)
    return folder


def load(path):
    return load_data(f"cifar10:{path}", seed=0)


def error_of(path):
    with pytest.raises(DataError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("inside", [False, True])
def test_reads_every_byte(tmp_path, layout, inside):
    folder = tmp_path / f"cifar-10-batches-{layout}"
    batches = batch_files.write(folder, layout, records=RECORDS, test_records=3)
    data = load(folder if inside else tmp_path)
    assert data.train_images.shape == (5 * RECORDS, 3, 32, 32)
    assert data.held_out_images.shape == (3, 3, 32, 32)
    pixels = np.concatenate([batch[0] for batch in batches])
    labels = [label for batch in batches for label in batch[1]]
    images = torch.cat([data.train_images, data.held_out_images]).numpy()
    for record, image in enumerate(images):
        for plane in range(3):  # red, green, blue; row by row
            for row in (0, 13, 31):
                start = 1024 * plane + 32 * row
                assert (image[plane, row] == pixels[record, start : start + 32]).all()
    assert torch.cat([data.train_labels, data.held_out_labels]).tolist() == labels
    assert {"bin": "binary", "py": "python"}[layout] in data.description
    assert "35 training and 3 held-out" in data.description


def test_a_renamed_folder_is_recognized_by_its_files(folder):
    assert load(folder.rename(folder.with_name("mine"))).classes == 10


def test_no_folder(tmp_path):
    assert "nowhere is not a folder" in error_of(tmp_path / "nowhere")


def test_neither_layout(tmp_path):
    message = error_of(tmp_path)
    assert "cifar-10-batches-bin" in message
    assert "cifar-10-batches-py" in message


def first_and_test(layout):
    names = batch_files.BINARY if layout == "bin" else batch_files.PYTHON
    return names[0], names[-1]


def test_missing_batches(folder, layout):
    for name in first_and_test(layout):
        (folder / name).unlink()
    message = error_of(folder)
    assert all(name in message for name in first_and_test(layout))
    assert "data_batch_3" not in message


def test_an_empty_official_folder_lacks_all(tmp_path, layout):
    (tmp_path / f"cifar-10-batches-{layout}").mkdir()
    assert "lacks the batch files data_batch_1" in error_of(tmp_path)


def test_a_file_that_cannot_be_read(folder, layout, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    name, _ = first_and_test(layout)
    assert f"cannot read {str(folder / name)!r}: Permission denied" == error_of(folder)


@pytest.mark.parametrize("which", [0, 1])
def test_truncated_inside_a_record(folder, layout, which):
    file = folder / first_and_test(layout)[which]
    file.write_bytes(file.read_bytes()[:-100])
    assert str(file) in error_of(folder)


def test_empty_file(folder, layout):
    file = folder / first_and_test(layout)[1]
    file.write_bytes(b"")
    assert str(file) in error_of(folder)


@pytest.mark.parametrize("records", [RECORDS - 1, RECORDS + 1])
def test_a_training_batch_of_another_length(folder, layout, records):
    file = folder / first_and_test(layout)[0]
    encode = batch_files.binary if layout == "bin" else batch_files.python
    file.write_bytes(encode(*batch_files.random_batch(0, records)))
    message = error_of(folder)
    assert str(file) in message
    assert f"holds {records} images" in message


@pytest.mark.parametrize("label", [10, 255])
@pytest.mark.parametrize("which", [0, 1])
def test_wrong_label(folder, layout, which, label):
    file = folder / first_and_test(layout)[which]
    pixels, labels = batch_files.random_batch(0, 3)
    labels[2] = label
    file.write_bytes(
        (batch_files.binary if layout == "bin" else batch_files.python)(pixels, labels)
    )
    assert f"{file}: record 2 has the label {label}" in error_of(folder)


def test_one_class_only(folder, layout):
    encode = batch_files.binary if layout == "bin" else batch_files.python
    for file in folder.iterdir():
        pixels, labels = batch_files.random_batch(0, RECORDS)
        file.write_bytes(encode(pixels + np.uint8(len(file.name)), [4] * len(labels)))
    assert "CIFAR-10: all training images are of one class" in error_of(folder)


def test_images_in_training_and_test_are_dropped_from_training(folder, layout):
    first, last = (folder / name for name in first_and_test(layout))
    last.write_bytes(first.read_bytes())
    data = load(folder)
    assert (len(data.train_labels), len(data.held_out_labels)) == (4 * RECORDS, RECORDS)
    assert f"{RECORDS} training images that equal a held-out one were dropped" in data.description


class TestPickles:
    """Files of the Python layout that hold something else."""

    @pytest.fixture
    def layout(self):
        return "py"

    PIXELS, LABELS = batch_files.random_batch(0, RECORDS)
    ARRAY, NUMBERS = batch_files.array(PIXELS), batch_files.numbers(LABELS)

    @pytest.mark.parametrize(
        "content",
        [
            b"no pickle at all",
            pickle.dumps([1, 2], protocol=2),
            batch_files.dictionary(labels=NUMBERS),
            batch_files.dictionary(data=ARRAY),
            batch_files.dictionary(data=ARRAY, labels=b"N"),
            batch_files.dictionary(data=ARRAY, labels=b"](U\x01ae"),
            batch_files.dictionary(data=ARRAY, labels=batch_files.numbers(LABELS[1:])),
            batch_files.dictionary(data=ARRAY, labels=batch_files.numbers([-1] * RECORDS)),
            batch_files.dictionary(data=NUMBERS, labels=NUMBERS),
            batch_files.dictionary(data=batch_files.array(PIXELS[:, :-1]), labels=NUMBERS),
            batch_files.dictionary(data=batch_files.array(PIXELS, dtype=b"f4"), labels=NUMBERS),
            batch_files.dictionary(data=batch_files.array(PIXELS, fortran=b"\x88"), labels=NUMBERS),
            batch_files.dictionary(
                data=batch_files.array(PIXELS[:-1], rows=RECORDS), labels=NUMBERS
            ),
            batch_files.dictionary(data=batch_files.array(PIXELS[:0]), labels=b"]"),
            batch_files.dictionary(data=b"cnumpy\nndarray\n)R", labels=NUMBERS),
        ],
    )
    def test_malformed(self, folder, content):
        file = folder / "data_batch_2"
        file.write_bytes(content)
        assert str(file) in error_of(folder)

    def test_hostile_pickles_run_nothing(self, folder, tmp_path):
        victim = tmp_path / "victim"

        class Hostile:
            def __reduce__(self):
                return os.system, (f"touch {victim}",)

        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            content = pickle.dumps({"data": Hostile()}, protocol=protocol)
            (folder / "data_batch_1").write_bytes(content)
            assert "system" in error_of(folder)
        assert not victim.exists()
        pickle.loads(content)  # the control: an ordinary unpickler does run it
        assert victim.exists()


REAL = Path(__file__).parents[4] / "shared" / "data" / "cifar10" / "labels_51000.u8"


@pytest.mark.skipif(not REAL.exists(), reason="the real images are not here")
def test_real_images(monkeypatch, tmp_path):
    """Unpacked by the script that lies beside them, they are read as what they are."""
    unpack = pytest.importorskip("PIL") and REAL.parents[1] / "unpack.py"
    import subprocess
    import sys

    subprocess.run([sys.executable, unpack, tmp_path, "cifar10"], check=True)
    monkeypatch.setattr(cifar10, "TRAINING_RECORDS", 10_000)
    data = load(tmp_path)
    assert data.train_images.shape == (50_000, 3, 32, 32)
    assert data.held_out_images.shape == (1_000, 3, 32, 32)
    assert torch.bincount(data.train_labels).tolist() == [5_000] * 10
    labels = torch.cat([data.train_labels, data.held_out_labels])
    assert labels.tolist() == list(REAL.read_bytes())
