"""The page in a browser: it fits a telephone, asks for nothing, and answers to dark mode."""

import pytest

from sqrtd.cli import main

NETS = """
from torch import nn

def cnn(size):
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(4 * (size // 4) ** 2, 3),
    ), (3, size, size)
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    (folder / "nets.py").write_text(NETS)
    arguments = ["audit", f"{folder}/nets.py:cnn", "--sizes", "16,32", "--nets", "8"]
    assert main([*arguments, "--out", str(folder)]) == 0
    return folder / "results/audit/nets.cnn/audit.html"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_asks_for_nothing(chromium, page_file, width, scheme):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Each picture is drawn: images are decoded, and lines have a colour unlike the paper's.
    assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
    colours = page.evaluate(
        "[getComputedStyle(document.querySelector('svg .bar')).stroke,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert colours[0] != colours[1]
    assert ("18, 22, 28" in colours[1]) is (scheme == "dark")
    context.close()
