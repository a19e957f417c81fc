"""Folders of class folders: layouts, resizing, unreadable files, splits."""

import os
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
from empirical.image_decoding import decode
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


def slow(file, size):
    """Resize the short edge, then crop the centre: what `decode` does in one step."""
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
    decoded = decode([str(folder / "cat" / "stripes.png")], SIZE)
    assert decoded.readable.all()
    assert (decoded.images[..., 1:-1].float() - 100).abs().max() <= 1
    assert (stripes[::8, ::8] == 200).all()  # the control: picking pixels gives plain white


@pytest.mark.parametrize("ending", ["JPEG", "jpg", "webp", "PNG", "bmp", "tiff", "gif", "ppm"])
def test_formats(folder, ending):
    smooth = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    file = folder / "cat" / f"deep.{ending}"
    smooth.save(file)
    (image,) = decode([str(file)], SIZE).images.numpy().astype(int)
    assert np.abs(image - slow(file, SIZE)).max() < 12
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
    frames = [noise(seed, 12, 12) for seed in (4, 5)]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    files = sorted(tmp_path.iterdir())
    decoded = decode([str(file) for file in files], SIZE)
    assert decoded.readable.all()  # and no warning, which would be an error here
    by_name = dict(zip((file.name for file in files), decoded.images, strict=True))
    assert (by_name["grey.png"][0] == by_name["grey.png"][2]).all()
    assert abs(by_name["deep.png"].float().mean() - 127.5) < 20
    first = np.asarray(frames[0].resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    assert (by_name["moving.webp"].numpy() == first.transpose(2, 0, 1)).all()


def test_pixels_without_a_scale_cannot_be_read(folder):
    Image.fromarray(np.ones((12, 12), np.float32)).save(folder / "cat" / "float.tif")
    with pytest.warns(UserWarning, match=r"cat/float.tif \(nothing tells which value is white\)"):
        load(folder)


def test_pillow_does_not_warn_of_large_images(folder, monkeypatch):
    """They are read; beyond twice its limit it refuses, and they are unreadable."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # the others have 120 pixels
    noise(0, 15, 15).save(folder / "cat" / "bomb.png")
    with pytest.warns(UserWarning, match="1 of 21 image files") as caught:
        load(folder)
    assert len(caught) == 1


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
            decoded = decode([str(file)], SIZE)
        assert decoded.images.shape == (int(decoded.readable.sum()), 3, SIZE, SIZE)
        assert len(decoded.reasons) == 1 - len(decoded.images)


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
        lambda files, size, **given: read.extend(files) or decode(files, size, **given),
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
