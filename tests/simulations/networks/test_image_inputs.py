"""Images as inputs: what is read, how it is cut, and which network sees which."""

import numpy as np
import pytest
import torch
from PIL import Image

from running import image_files
from running.draws import Draws
from running.image_decoding import DataError
from running.image_files import find_images
from simulations.networks.image_inputs import images_of_shape
from simulations.networks.input_laws import draw_inputs
from simulations.networks.sources import source_of

RNG = np.random.default_rng(0)


def save(folder, name, pixels):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path)


def noise(*shape):
    return RNG.integers(0, 256, shape)


@pytest.fixture
def folder(tmp_path):
    """Class folders, as ImageNet has them, with images of several sizes and modes."""
    save(tmp_path, "n01/a.png", noise(8, 8, 3))
    save(tmp_path, "n01/b.JPEG", noise(20, 12, 3))
    save(tmp_path, "n02/deep/c.jpg", noise(9, 30, 3))
    save(tmp_path, "n02/grey.png", noise(8, 8))
    (tmp_path / "n02" / "labels.txt").write_text("no image")
    return tmp_path


def standardized(pixels):
    return (pixels - pixels.mean()) / pixels.std()


def test_all_images_of_all_subfolders_are_read(folder):
    images = images_of_shape(folder, (3, 8, 8))
    assert images.shape == (4, 3, 8, 8)
    assert images.mean().item() == pytest.approx(0, abs=1e-6)
    assert images.std(correction=0).item() == pytest.approx(1)
    assert images_of_shape(folder, (1, 5, 7)).shape == (4, 1, 5, 7)


def test_images_of_the_right_size_keep_their_pixels(tmp_path):
    pixels = noise(6, 6, 3)
    save(tmp_path, "one.png", pixels)
    expected = standardized(pixels.transpose(2, 0, 1).astype(float))
    assert np.allclose(images_of_shape(tmp_path, (3, 6, 6))[0].numpy(), expected, atol=1e-5)
    rows = images_of_shape(tmp_path, (108,))
    assert np.allclose(rows[0].numpy(), expected.ravel(), atol=1e-5)


def test_the_centre_of_the_longer_edge_is_kept(tmp_path):
    pixels = noise(6, 10, 3)
    save(tmp_path, "wide.png", pixels)
    expected = standardized(pixels[:, 2:8].transpose(2, 0, 1).astype(float))
    assert np.allclose(images_of_shape(tmp_path, (3, 6, 6))[0].numpy(), expected, atol=1e-5)


def test_shrinking_is_antialiased(tmp_path):
    """One-pixel stripes become grey; single pixels picked out would be black or white."""
    stripes = np.zeros((64, 64, 3))
    stripes[:, ::2] = 255
    save(tmp_path, "stripes.png", stripes)
    (shrunk,) = find_images(tmp_path).resized((3, 8, 8))
    assert np.abs(shrunk[:, :, 1:-1].astype(int) - 127).max() < 16


def test_cifar_records_are_planes(tmp_path):
    records = np.zeros((3, 3073), np.uint8)
    records[:, 0] = 9
    records[1, 1 : 1 + 1024] = 255  # the red plane of the second image
    (tmp_path / "data_batch_1.bin").write_bytes(records[:2].tobytes())
    (tmp_path / "test_batch.bin").write_bytes(records[2:].tobytes())
    images = find_images(tmp_path).resized((3, 32, 32))
    assert images.shape == (3, 3, 32, 32)
    assert (images[1, 0] == 255).all()
    assert not images[1, 1:].any()
    assert not images[[0, 2]].any()


def test_a_network_sees_the_image_of_its_number(folder):
    images = images_of_shape(folder, (3, 8, 8))
    inputs = draw_inputs(
        f"images:{folder}", (3, 8, 8), Draws(0, "networks", [0, 1, 3, 4, 9], device="cpu")
    )
    assert torch.equal(inputs, images[[0, 1, 3, 0, 1]])


def test_the_order_mixes_the_classes_whatever_the_place(tmp_path):
    for name in ("one", "two"):
        for label in ("cat", "dog"):
            for number in range(8):
                save(tmp_path / name, f"{label}/{number}.png", noise(2, 2, 3))
    one, two = (
        [file.relative_to(tmp_path / name) for file in find_images(tmp_path / name).files]
        for name in ("one", "two")
    )
    assert one == two
    labels = [file.parts[0] for file in one]
    assert labels != sorted(labels)


def test_no_more_are_read_than_are_held(folder, monkeypatch):
    monkeypatch.setattr(image_files, "MOST_IMAGES", 2)
    find_images.cache_clear()
    assert len(find_images(folder).files) == 2
    find_images.cache_clear()


def test_the_source_changes_with_the_images(folder):
    before = source_of("dense", f"images:{folder}")
    save(folder, "n01/a.png", noise(8, 8, 3))
    find_images.cache_clear()
    assert source_of("dense", f"images:{folder}") != before
    assert before.startswith("images ")


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 8, 8), "3 channels, or 1 in grey, but the network has 2"),
        ((50,), r"do not fit inputs of shape \(50,\)"),
        ((3, 8, 8, 8), "do not fit inputs"),
    ],
)
def test_shapes_that_images_do_not_have(folder, shape, message):
    with pytest.raises(DataError, match=message):
        images_of_shape(folder, shape)


def test_what_is_no_set_of_images(tmp_path):
    with pytest.raises(DataError, match="no folder"):
        find_images(tmp_path / "nothing")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(DataError, match="holds no images"):
        find_images(tmp_path)
    (tmp_path / "data_batch_1.bin").write_bytes(b"123")
    with pytest.raises(DataError, match="truncated"):
        find_images(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"a\.png cannot be read as an image"):
        images_of_shape(tmp_path / "broken", (3, 4, 4))
    save(tmp_path, "flat/a.png", np.zeros((4, 4, 3)))
    with pytest.raises(DataError, match=r"all pixels of the images in .* are equal"):
        images_of_shape(tmp_path / "flat", (3, 4, 4))
