"""Decoding image files: formats, colour modes, resizing, broken bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_samples import noise, resized_and_cropped
from PIL import Image

from running import image_decoding
from running.image_decoding import decode
from running.image_files import find_images

SIZE = 8


def test_shrinking_is_antialiased(tmp_path):
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 200
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    decoded = decode([str(tmp_path / "stripes.png")], (3, SIZE, SIZE))
    assert decoded.readable.all()
    assert (decoded.images[..., 1:-1].float() - 100).abs().max() <= 1
    assert (stripes[::8, ::8] == 200).all()  # the control: picking pixels gives plain white


@pytest.mark.parametrize("ending", ["JPEG", "jpg", "webp", "PNG", "bmp", "tiff", "gif", "ppm"])
def test_formats(tmp_path, ending):
    smooth = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    file = tmp_path / f"deep.{ending}"
    smooth.save(file)
    (image,) = decode([str(file)], (3, SIZE, SIZE)).images.numpy().astype(int)
    assert np.abs(image - resized_and_cropped(file, SIZE)).max() < 12


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
    decoded = decode([str(file) for file in files], (3, SIZE, SIZE))
    assert decoded.readable.all()  # and no warning, which would be an error here
    by_name = dict(zip((file.name for file in files), decoded.images, strict=True))
    assert (by_name["grey.png"][0] == by_name["grey.png"][2]).all()
    assert abs(by_name["deep.png"].float().mean() - 127.5) < 20
    first = np.asarray(frames[0].resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    assert (by_name["moving.webp"].numpy() == first.transpose(2, 0, 1)).all()


COLOURS = noise(6, 12, 12)
GREY = noise(7, 12, 12, "L")
DEEP = np.random.default_rng(8).integers(0, 2**16, (12, 12)).astype(np.uint16)
UPPER = Image.fromarray((DEEP >> 8).astype(np.uint8))
HIDDEN = Image.fromarray(np.dstack([np.asarray(COLOURS), np.zeros((12, 12), np.uint8)]))
SHOWN = Image.fromarray(np.dstack([np.asarray(COLOURS), np.full((12, 12), 255, np.uint8)]))
WHITE = Image.new("RGB", (12, 12), "white")
WITH_ALPHA = Image.merge("LA", [GREY, Image.new("L", GREY.size)])


def pgm(numbers):
    """A portable grey map of two bytes a pixel."""
    return b"P5 12 12 65535\n" + numbers.astype(">u2").tobytes()


@pytest.mark.parametrize(
    ("mode", "ending", "image", "expected"),
    [
        ("1", "png", GREY.convert("1"), GREY.convert("1").convert("RGB")),
        ("L", "png", GREY, GREY),
        ("LA", "png", WITH_ALPHA, WHITE),
        ("RGB", "png", COLOURS, COLOURS),
        ("RGBA", "png", HIDDEN, WHITE),
        ("RGBA", "tif", SHOWN, COLOURS),
        ("P", "png", COLOURS.quantize(16), COLOURS.quantize(16).convert("RGB")),
        ("PA", "tif", HIDDEN.convert("PA"), WHITE),
        ("CMYK", "tif", COLOURS.convert("CMYK"), COLOURS),
        ("YCbCr", "tif", COLOURS.convert("YCbCr"), COLOURS.convert("YCbCr").convert("RGB")),
        ("I;16", "png", Image.fromarray(DEEP), UPPER),
        ("I;16", "tif", Image.fromarray(DEEP), UPPER),
        ("I;16B", "tif", Image.fromarray(DEEP.astype(">u2")), UPPER),
        ("I", "ppm", pgm(DEEP), UPPER),
    ],
)
def test_every_mode_keeps_its_pixels_in_colour_and_in_grey(tmp_path, mode, ending, image, expected):
    file = tmp_path / f"x.{ending}"
    if isinstance(image, bytes):
        file.write_bytes(image)
    else:
        image.save(file)
    with Image.open(file) as opened:
        assert opened.mode == mode
    colours = expected.convert("RGB")
    decoded = decode([str(file)], (3, 12, 12))
    assert decoded.reasons == {}
    assert (decoded.images[0].numpy() == np.asarray(colours).transpose(2, 0, 1)).all()
    grey = decode([str(file)], (1, 12, 12)).images[0, 0].numpy()
    assert (grey == np.asarray(colours.convert("L"))).all()


def test_a_transparent_colour_of_a_palette_is_white(tmp_path):
    palette = COLOURS.quantize(16)
    palette.save(tmp_path / "x.png", transparency=3)
    (image,) = decode([str(tmp_path / "x.png")], (3, 12, 12)).images.numpy()
    hidden = np.asarray(palette) == 3
    assert hidden.any()
    assert (image[:, hidden] == 255).all()
    opaque = np.asarray(palette.convert("RGB")).transpose(2, 0, 1)
    assert (image[:, ~hidden] == opaque[:, ~hidden]).all()


UPRIGHT = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels),
}
"""What each number of EXIF's tag 274 says, by its definition."""


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_images_stand_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    COLOURS.save(tmp_path / "x.png", exif=exif)
    (image,) = decode([str(tmp_path / "x.png")], (3, 12, 12)).images.numpy()
    assert (image == UPRIGHT[orientation](np.asarray(COLOURS)).transpose(2, 0, 1)).all()


def test_an_image_beyond_the_limit_is_not_read_and_a_jpeg_is_read_at_a_fraction(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(image_decoding, "MOST_PIXELS", 300)
    for name in ("x.png", "x.jpg"):
        noise(0, 64, 64).save(tmp_path / name)
    decoded = decode([str(tmp_path / "x.png"), str(tmp_path / "x.jpg")], (3, SIZE, SIZE))
    assert decoded.readable.tolist() == [False, True]
    assert decoded.reasons[0] == "it has 0 million pixels, more than 0"


def test_sixteen_bits_are_not_cut_off_in_a_folder_of_images(tmp_path):
    """The control: Pillow's own conversion makes nearly all of them white."""
    Image.fromarray(DEEP).save(tmp_path / "deep.png")
    for channels in (1, 3):
        (image,) = find_images(tmp_path).resized((channels, 12, 12))
        assert (image == DEEP >> 8).all()
    with Image.open(tmp_path / "deep.png") as opened:
        assert np.mean(np.asarray(opened.convert("L")) == 255) > 0.9


@pytest.mark.parametrize("numbers", [np.int32, np.float32])
def test_pixels_without_a_scale_cannot_be_read(tmp_path, numbers):
    Image.fromarray(np.ones((12, 12), numbers)).save(tmp_path / "x.tif")
    decoded = decode([str(tmp_path / "x.tif")], (3, SIZE, SIZE))
    assert decoded.reasons == {0: "nothing tells which value is white"}


def test_pillow_does_not_warn_of_large_images(tmp_path, monkeypatch):
    """They are read; beyond twice its limit it refuses, and they are unreadable."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for side in (12, 15):
        noise(0, side, side).save(tmp_path / f"{side}.png")
    decoded = decode([str(tmp_path / "12.png"), str(tmp_path / "15.png")], (3, SIZE, SIZE))
    assert decoded.readable.tolist() == [True, False]
    assert "225 pixels" in decoded.reasons[1]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_broken_bytes_are_an_image_or_unreadable(data, tmp_path_factory):
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
    decoded = decode([str(file)], (3, SIZE, SIZE))
    assert decoded.images.shape == (int(decoded.readable.sum()), 3, SIZE, SIZE)
    assert len(decoded.reasons) == 1 - len(decoded.images)
