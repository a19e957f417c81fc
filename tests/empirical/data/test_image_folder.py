"""Folders of class folders: layouts, resizing, unreadable files, splits."""

import os
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from image_samples import noise, resized_and_cropped

from empirical.data import image_folder
from empirical.data.image_folder import read_image_folder
from empirical.data.load import DataError, load_data
from running.image_decoding import decode
from running.image_files import ENDINGS

SIZE = 8


def write(folder, classes, each, *, width=12, height=10, start=0):
    """PNG files of noise, all different."""
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for i in range(each):
            seed = (start, number, i)
            noise(seed, width, height).save(folder / name / f"{i:03}.png")


@pytest.fixture
def folder(tmp_path):
    """Two classes of ten images, not split."""
    write(tmp_path / "pets", ["cat", "dog"], 10)
    return tmp_path / "pets"


def load(path, *, seed=0, size=SIZE, **given):
    return load_data(f"imagefolder:{path}", seed=seed, size=size, **given)


def error_of(path, **given):
    with pytest.raises(DataError) as caught:
        load(path, **given)
    message = str(caught.value)
    assert "\n" not in message
    return message


def rows(images):
    return {tuple(image.flatten().tolist()) for image in images}


def test_a_fifth_of_each_class_is_held_out(folder):
    data = load(folder)
    assert data.train_images.shape == (16, 3, SIZE, SIZE)
    assert data.train_images.dtype == torch.uint8
    assert torch.bincount(data.train_labels).tolist() == [8, 8]
    assert torch.bincount(data.held_out_labels).tolist() == [2, 2]
    assert not rows(data.train_images) & rows(data.held_out_images)
    assert (data.classes, data.name) == (2, "pets")
    assert "16 training and 4 held-out images (split class by class with seed 0)" in (
        data.description
    )


def test_the_seed_decides_the_split(folder):
    held_out = [rows(load(folder, seed=seed).held_out_images) for seed in (0, 0, 1)]
    assert held_out[0] == held_out[1] != held_out[2]


def test_another_class_does_not_change_the_split(folder):
    before = rows(load(folder).held_out_images)
    write(folder, ["emu"], 5, start=1)
    assert before < rows(load(folder).held_out_images)


def test_train_and_val(tmp_path):
    write(tmp_path / "train", ["cat", "dog", "emu"], 4)
    write(tmp_path / "val", ["cat", "dog", "emu"], 2, width=16, height=16, start=1)
    data = load(tmp_path)
    assert data.train_labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert data.held_out_labels.tolist() == [0, 0, 1, 1, 2, 2]
    first = resized_and_cropped(tmp_path / "val" / "emu" / "001.png", SIZE)
    assert (data.held_out_images[-1].numpy() == first).all()
    assert "its folders train and val" in data.description


@pytest.mark.parametrize(("width", "height"), [(16, 16), (32, 16), (16, 48), (8, 8), (24, 8)])
def test_short_edge_is_resized_and_the_centre_cropped(tmp_path, width, height):
    """To the bit where the edges divide; the order of rounding may differ elsewhere."""
    write(tmp_path, ["a", "b"], 2, width=width, height=height)
    data = load(tmp_path)
    wanted = {
        tuple(resized_and_cropped(file, SIZE).flatten().tolist())
        for file in tmp_path.rglob("*.png")
    }
    assert rows(torch.cat([data.train_images, data.held_out_images])) == wanted


def test_all_endings_count(folder):
    for ending in (*ENDINGS, ".JPEG", ".PNG"):
        noise(0, 12, 12).save(folder / "cat" / f"x{ending}")
    data = load(folder)
    files = list(folder.rglob("*.*"))
    told = int(re.search(r"([\d]+) training and", data.description)[1])
    assert told + len(data.held_out_labels) == len(files) == 20 + len(ENDINGS) + 2


def test_images_below_the_size_are_enlarged_and_told(folder):
    assert "; 20 smaller ones were enlarged" in load(folder, size=16).description
    assert "enlarged" not in load(folder, size=10).description


def test_files_in_subfolders_count_and_hidden_ones_do_not(folder):
    (folder / "cat" / "more").mkdir()
    noise(5, 12, 12).save(folder / "cat" / "more" / "x.png")
    (folder / "cat" / ".checkpoints").mkdir()
    noise(6, 12, 12).save(folder / "cat" / ".checkpoints" / "x.png")
    (folder / "cat" / "loop").symlink_to(folder / "cat")
    (folder / "cat" / "._x.png").write_bytes(b"what a Mac leaves")
    (folder / "cat" / "notes.txt").write_text("not an image")
    (folder / ".git").mkdir()
    data = load(folder)
    assert len(data.train_labels) + len(data.held_out_labels) == 21


class TestUnreadable:
    """Files that are no images, or only half of one."""

    @pytest.fixture
    def folder(self, tmp_path):
        write(tmp_path, ["cat", "dog"], 20)
        return tmp_path

    def spoil(self, folder, number):
        files = sorted(folder.rglob("*.png"))[:number]
        for i, file in enumerate(files):
            content = file.read_bytes()
            file.write_bytes((b"no image", b"", content[: len(content) // 2])[i % 3])

    @pytest.mark.parametrize("number", [1, 2])
    def test_a_few_are_listed_and_left_out(self, folder, number):
        clean = load(folder)
        self.spoil(folder, number)
        with pytest.warns(UserWarning, match="cannot be read and are left out") as caught:
            data = load(folder)
        assert len(caught) == 1
        assert f"{number} of 40 image files" in str(caught[0].message)
        assert "cat/000.png (no image)" in str(caught[0].message)
        assert "\n" not in str(caught[0].message)
        assert f"; {number} unreadable files were left out" in data.description
        assert len(data.train_labels) + len(data.held_out_labels) == 40 - number
        assert rows(data.train_images) <= rows(clean.train_images)  # no other image changed sides
        assert rows(data.held_out_images) <= rows(clean.held_out_images)
        told = f"{len(data.train_labels)} training and {len(data.held_out_labels)} held-out"
        assert told in data.description

    def test_many_are_refused(self, folder):
        self.spoil(folder, 3)
        message = error_of(folder)
        assert "3 of 40 image files" in message
        assert "more than 5%" in message
        assert "cat/002.png" in message

    def test_not_all_of_many_names_are_told(self, folder):
        self.spoil(folder, 40)
        assert "cat/009.png (no image) and 30 more" in error_of(folder)

    def test_a_class_of_unreadable_files_is_refused(self, folder):
        write(folder, ["emu"], 2, start=1)
        for file in (folder / "emu").iterdir():
            file.write_bytes(b"no image")
        with pytest.warns(UserWarning, match="2 of 42 image files"):
            assert "no training image of the class 'emu'" in error_of(folder)

    def test_dangling_links_and_folders_in_place_of_files(self, folder):
        (folder / "cat" / "gone.png").symlink_to(folder / "nowhere.png")
        (folder / "cat" / "folder.png").mkdir()
        with pytest.warns(UserWarning, match=r"1 of 41 .*gone.png \(No such file or directory\)"):
            load(folder)


def test_no_folder(tmp_path):
    assert "nowhere is not a folder" in error_of(tmp_path / "nowhere")


def test_an_empty_folder(tmp_path):
    message = error_of(tmp_path)
    assert "holds no class folders with images" in message
    assert "PATH/train/CLASS" in message


def test_images_without_class_folders(tmp_path):
    noise(0, 12, 12).save(tmp_path / "a.png")
    assert "holds no class folders with images" in error_of(tmp_path)


def test_an_empty_class_folder(folder):
    (folder / "emu").mkdir()
    assert f"the class folder {folder / 'emu'} holds no images" in error_of(folder)


@pytest.mark.parametrize("split", [False, True])
def test_one_class_only(tmp_path, split):
    for part in ("train", "val") if split else ("",):
        write(tmp_path / part, ["cat"], 4)
    assert "one class only, 'cat'" in error_of(tmp_path)


def test_one_image_in_a_class(folder):
    write(folder, ["emu"], 1, start=1)
    assert "'emu' in" in error_of(folder)
    assert "has one image" in error_of(folder)


def test_different_classes_in_train_and_val(tmp_path):
    write(tmp_path / "train", ["cat", "dog"], 2)
    write(tmp_path / "val", ["cat", "emu"], 2)
    assert "different classes: 'dog'" in error_of(tmp_path)


@pytest.mark.parametrize("held_out", ["val", "valid", "validation", "test", "Test"])
def test_names_of_the_held_out_folder(tmp_path, held_out):
    write(tmp_path / "Train", ["cat", "dog"], 3)
    write(tmp_path / held_out, ["cat", "dog"], 2, start=1)
    data = load(tmp_path)
    assert (data.classes, len(data.train_labels), len(data.held_out_labels)) == (2, 6, 4)
    assert f"its folders Train and {held_out})" in data.description


def test_validation_images_are_held_out_before_test_images(tmp_path):
    for start, part in enumerate(("train", "test", "val")):
        write(tmp_path / part, ["cat", "dog"], 3 + start, start=start)
    data = load(tmp_path)
    assert (len(data.train_labels), len(data.held_out_labels)) == (6, 10)
    assert "its folders train and val; not read: test" in data.description


def test_training_images_alone(tmp_path):
    """Not one class of the name `train`."""
    write(tmp_path / "train", ["cat", "dog"], 5)
    message = error_of(tmp_path)
    assert "holds the folder train, but none of val, valid, validation, test" in message
    assert f"give {tmp_path / 'train'} " in message


def test_a_class_of_trains(tmp_path):
    write(tmp_path, ["boat", "test", "train"], 5)
    data = load(tmp_path)
    assert data.classes == 3
    assert "split class by class" in data.description


def test_names_that_do_not_print(tmp_path):
    """They are escaped, or a message would be two lines and a report could not be written."""
    undecodable = b"\xff.png".decode(errors="surrogateescape")
    folder = tmp_path / "line\nbreak"
    write(folder, ["cat", "dog", "日本 'x'"], 10)
    (folder / "cat" / undecodable).write_bytes(b"no image")
    with pytest.warns(UserWarning, match=r"line\\nbreak .* cat/\\udcff.png \(no image\)"):
        data = load(folder)
    assert data.name == "line\\nbreak"
    assert data.description.isprintable()
    (folder / "cat\tdog").mkdir()
    assert "cat\\tdog holds no images" in error_of(folder)


@pytest.mark.parametrize("place", ["", "cat", "cat/more"])
def test_a_folder_that_cannot_be_listed(folder, place, monkeypatch):
    """Wherever it is, its images are not silently missing."""
    (folder / "cat" / "more").mkdir()
    closed = folder / place
    original = os.scandir

    def refuse(path):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return original(path)

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(Path, "iterdir", lambda path: (path / e.name for e in list(refuse(path))))
    assert error_of(folder) == f"imagefolder: cannot read {closed}: Permission denied"


def test_the_path_of_the_users_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    assert load("~/pets").name == "pets"


def test_more_pixels_than_memory(folder):
    message = error_of(folder, size=10_000_000)  # more than any address has bits for
    assert "20 images of 10,000,000 × 10,000,000 pixels take 6,000,000 GB of memory" in message


def test_the_same_image_in_train_and_val_is_dropped_from_train(tmp_path):
    write(tmp_path / "train", ["cat", "dog"], 3)
    write(tmp_path / "val", ["cat", "dog"], 2, start=1)
    twin = (tmp_path / "val" / "dog" / "000.png").read_bytes()
    (tmp_path / "train" / "cat" / "twin.png").write_bytes(twin)
    data = load(tmp_path)
    assert len(data.train_labels) == 6
    assert "1 training images that equal a held-out one were dropped" in data.description


def test_no_more_images_are_read_than_wanted(folder, monkeypatch):
    read = []
    monkeypatch.setattr(
        image_folder,
        "decode",
        lambda files, shape, **given: read.extend(files) or decode(files, shape, **given),
    )
    data = load(folder, train=5, held_out=3)
    assert (len(data.train_labels), len(data.held_out_labels), len(read)) == (5, 3, 8)
    assert "drawn from 16 and 4 with seed 0" in data.description
    whole = load(folder)
    assert rows(data.train_images) < rows(whole.train_images)
    assert rows(data.held_out_images) < rows(whole.held_out_images)
    assert rows(data.train_images) == rows(load(folder, train=5, held_out=3).train_images)


def test_progress(folder):
    told = []
    load(folder, progress=lambda share, activity: told.append((share, activity)))
    assert told == [(0, "reading image 0 of 20")]


REAL = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.skipif(not REAL.exists(), reason="the real images are not here")
def test_real_images(tmp_path):
    """A few of Imagenette, in the layout of ImageNet."""
    for split in ("train", "val"):
        with tarfile.open(REAL / "imagenette128" / f"{split}.tar") as archive:
            images = [member for member in archive if member.isfile()][::40]
            archive.extractall(tmp_path / split, images, filter="data")
    data = read_image_folder(tmp_path, seed=0, size=32)
    names = sorted(folder.name for folder in (tmp_path / "train").iterdir())
    files = [len(list((tmp_path / "train" / name).iterdir())) for name in names]
    assert torch.bincount(data.train_labels).tolist() == files
    assert (data.classes, sum(files), len(data.held_out_labels)) == (10, 237, 50)
    file = sorted((tmp_path / "val" / names[-1]).iterdir())[-1]
    off = np.abs(data.held_out_images[-1].numpy().astype(int) - resized_and_cropped(file, 32))
    assert off.mean() < 2  # the decoder's own shrinking, and rounding
