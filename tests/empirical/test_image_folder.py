"""Folders of class folders: layouts, resizing, unreadable files, splits."""

import tarfile
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from empirical import image_folder
from empirical.data import DataError, load_data
from empirical.image_folder import read_image_folder

SIZE = 8


def noise(seed, width, height, mode="RGB"):
    channels = {"RGB": 3, "RGBA": 4, "L": 1, "CMYK": 4}[mode]
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return Image.fromarray(pixels.squeeze(), mode=None if mode != "CMYK" else mode)


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


def load(path, *, seed=0, size=SIZE):
    return load_data(f"imagefolder:{path}", seed=seed, size=size)


def error_of(path):
    with pytest.raises(DataError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


def rows(images):
    return {tuple(image.flatten().tolist()) for image in images}


def slow(file, size):
    """Resize the short edge, then crop the centre: what `_read` does in one step."""
    with Image.open(file) as image:
        colours = image.convert("RGB")
    short = min(colours.size)
    width, height = (round(edge * size / short) for edge in colours.size)
    resized = colours.resize((width, height), Image.Resampling.BILINEAR)
    left, upper = (width - size) // 2, (height - size) // 2
    cropped = resized.crop((left, upper, left + size, upper + size))
    return np.asarray(cropped).transpose(2, 0, 1)


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
    first = slow(tmp_path / "val" / "emu" / "001.png", SIZE)
    assert (data.held_out_images[-1].numpy() == first).all()
    assert "its folders train and val" in data.description


@pytest.mark.parametrize(("width", "height"), [(16, 16), (32, 16), (16, 48), (8, 8), (24, 8)])
def test_short_edge_is_resized_and_the_centre_cropped(tmp_path, width, height):
    """To the bit where the edges divide; the order of rounding may differ elsewhere."""
    write(tmp_path, ["a", "b"], 2, width=width, height=height)
    data = load(tmp_path)
    wanted = {tuple(slow(file, SIZE).flatten().tolist()) for file in tmp_path.rglob("*.png")}
    assert rows(torch.cat([data.train_images, data.held_out_images])) == wanted


def test_shrinking_is_antialiased(folder):
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 200
    Image.fromarray(stripes).save(folder / "cat" / "stripes.png")
    images, readable, _ = image_folder._read_all([folder / "cat" / "stripes.png"], SIZE)
    assert readable.all()
    assert (images[..., 1:-1].float() - 100).abs().max() <= 1
    assert (stripes[::8, ::8] == 200).all()  # the control: picking pixels gives plain white


@pytest.mark.parametrize("ending", ["JPEG", "jpg", "webp", "PNG", "bmp", "tiff", "gif", "ppm"])
def test_formats(folder, ending):
    smooth = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    smooth.save(folder / "cat" / f"deep.{ending}")
    images, readable, _ = image_folder._read_all([folder / "cat" / f"deep.{ending}"], SIZE)
    assert readable.all()
    assert (
        np.abs(images[0].numpy().astype(int) - slow(folder / "cat" / f"deep.{ending}", SIZE)).max()
        < 12
    )
    data = load(folder)
    assert len(data.train_labels) + len(data.held_out_labels) == 21


def test_colour_modes(tmp_path):
    grey, see_through, print_ = (noise(1, 12, 12, mode) for mode in ("L", "RGBA", "CMYK"))
    grey.save(tmp_path / "grey.png")
    see_through.save(tmp_path / "see_through.png")
    print_.save(tmp_path / "print.jpg")
    palette = noise(2, 12, 12).quantize(16)
    palette.info["transparency"] = bytes(range(16))
    palette.save(tmp_path / "palette.png", transparency=bytes(range(16)))
    deep = np.random.default_rng(3).integers(0, 2**16, (12, 12)).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    images, readable, _ = image_folder._read_all(sorted(tmp_path.iterdir()), SIZE)
    assert readable.all()  # and no warning, which would be an error here
    by_name = dict(zip(sorted(f.name for f in tmp_path.iterdir()), images, strict=True))
    assert (by_name["grey.png"][0] == by_name["grey.png"][2]).all()
    assert abs(by_name["deep.png"].float().mean() - 127.5) < 20


def test_images_below_the_size_are_enlarged_and_told(folder):
    assert "; 20 smaller ones were enlarged" in load(folder, size=16).description
    assert "enlarged" not in load(folder, size=10).description


def test_files_in_subfolders_count_and_hidden_ones_do_not(folder):
    (folder / "cat" / "more").mkdir()
    noise(5, 12, 12).save(folder / "cat" / "more" / "x.png")
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
        assert "cat/000.png" in str(caught[0].message)
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
        assert "cat/009.png and 30 more" in error_of(folder)

    @settings(max_examples=30, deadline=None)
    @given(data=st.data())
    def test_broken_bytes_are_an_image_or_unreadable(self, data, tmp_path_factory):
        file = (
            tmp_path_factory.mktemp("broken")
            / f"x.{data.draw(st.sampled_from(['jpg', 'png', 'webp', 'gif']))}"
        )
        noise(0, 16, 16).save(file)
        content = bytearray(file.read_bytes())
        for place, byte in data.draw(
            st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=5)
        ):
            content[place] = byte
        file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            images, readable, _ = image_folder._read_all([file], SIZE)
        assert images.shape == (1, 3, SIZE, SIZE)
        if not readable:
            assert not images.any()


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


def test_a_folder_that_cannot_be_listed(folder, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert error_of(folder) == f"cannot read {folder}: Permission denied"


def test_the_same_image_in_train_and_val_is_dropped_from_train(tmp_path):
    write(tmp_path / "train", ["cat", "dog"], 3)
    write(tmp_path / "val", ["cat", "dog"], 2, start=1)
    twin = (tmp_path / "val" / "dog" / "000.png").read_bytes()
    (tmp_path / "train" / "cat" / "twin.png").write_bytes(twin)
    data = load(tmp_path)
    assert len(data.train_labels) == 6
    assert "1 training images that equal a held-out one were dropped" in data.description


def test_more_images_than_are_read(folder, monkeypatch):
    monkeypatch.setattr(image_folder, "MOST_IMAGES", 10)
    data = load(folder)
    assert (len(data.train_labels), len(data.held_out_labels)) == (8, 2)
    assert "10 of 20 images drawn with seed 0" in data.description
    assert rows(data.train_images) == rows(load(folder).train_images)


REAL = Path(__file__).parents[3] / "shared" / "data"


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
    off = np.abs(data.held_out_images[-1].numpy().astype(int) - slow(file, 32))
    assert off.mean() < 2  # the decoder's own shrinking, and rounding
