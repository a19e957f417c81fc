"""The exported lessons in a browser without a network: from a folder, and from a static server."""

import functools
import http.server
import re
import shutil
import threading

import pytest
from playwright.sync_api import expect

from evidence.errors import UserError
from teaching.contents import CONTENTS
from teaching.exporting import export as exporting
from teaching.exporting.pyodide import pyodide_folder

SOME = ("random-walk", "one-neuron")
TIMEOUT = 120_000
expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="module")
def with_python():
    """Pyodide's core, from the cache or from npm."""
    try:
        return pyodide_folder(None)
    except UserError as error:
        pytest.skip(f"no Python for the browser: {error}")


@pytest.fixture(scope="module")
def exported(tmp_path_factory, chromium):
    """`exported(pyodide)` is the folder of an export of two lessons."""

    @functools.cache
    def export(pyodide):
        folder = tmp_path_factory.mktemp("course")
        with pytest.MonkeyPatch.context() as patch:
            some = [entry for entry in CONTENTS if entry.slug in SOME]
            patch.setattr(exporting, "CONTENTS", some)
            exporting.export(folder, pyodide, {}, progress=lambda share, activity: None)
        return folder

    return export


@pytest.fixture
def visit(chromium):
    """`visit(address)` opens a page without a network, which may ask for nothing outside `home`."""
    context = chromium.new_context(offline=True)
    asked, complaints = [], []

    def visit(address):
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(address)
        return page

    yield visit
    context.close()
    assert not complaints
    assert {re.match(r"(file|blob)?", url)[0] for url in asked} <= {"file", "blob"}


def address(folder, slug, query=""):
    return f"{(folder / f'{slug}.html').as_uri()}{query}"


def in_words(page, part):
    return page.locator(f"#{part}").inner_text()


def alive(page):
    page.wait_for_function("document.body.dataset.alive === '1'")
    return page


def test_a_lesson_answers_from_its_table(exported, visit):
    page = visit(address(exported(None), "random-walk"))
    page.locator("#question [data-send=answer]").nth(1).click()
    expect(page.locator("#question")).to_contain_text("sum is 1")
    page.locator("#steps [data-send=step]").first.click()
    page.wait_for_url("**/random-walk.html?answer=1&step=1")
    page.locator("#puzzle [data-send=hint]").click()
    page.wait_for_url("**/random-walk.html?answer=1&step=1&hint=1")
    page.locator("#bar [data-send=undo]").click()
    page.wait_for_url("**/random-walk.html?answer=1&step=1")
    page.reload()
    expect(page.locator("#question")).to_contain_text("sum is 1")
    expect(page.locator("footer")).to_contain_text("were computed beforehand")
    expect(page.locator("footer")).not_to_contain_text("as you look")


def test_undo_leaves_the_pages_looks(exported, visit):
    page = visit(address(exported(None), "random-walk"))
    page.locator("#question [data-send=answer]").nth(1).click()
    page.wait_for_url("**?answer=1")
    page.locator("#bar [data-send=theme]").click()
    page.wait_for_url("**?answer=1&theme=light")
    page.locator("#bar [data-send=large]").click()
    page.wait_for_url("**?answer=1&large=1&theme=light")
    page.locator("#bar [data-send=undo]").click()
    page.wait_for_url("**random-walk.html?large=1&theme=light")


def test_a_recorded_sample_is_shown(exported, visit):
    page = visit(address(exported(None), "one-neuron", "?answer=0"))
    expect(page.locator("#question")).not_to_contain_text("Show me")
    page.locator("#steps [data-send=step]", has_text="All lines").click()
    expect(page.locator("#steps")).to_contain_text("holds here")
    expect(page.locator("#steps")).not_to_contain_text("not decided yet")


def test_what_is_in_no_table_names_the_command_and_keeps_the_page(exported, visit):
    page = visit(address(exported(None), "random-walk", "?answer=1"))
    expect(page.locator("#question")).to_contain_text("sum is 1")
    drawn = page.locator("#figure [data-send=node]")
    drawn.nth(1).click()
    page.wait_for_url("**tail=x2**")
    before = in_words(page, "figure")
    drawn.nth(7).click()
    says = expect(page.locator("#message"))
    says.to_contain_text("sqrtd teach --lesson '/random-walk?tail=x2&end=x2&answer=1'")
    assert in_words(page, "figure") == before


def test_an_exact_lesson_lives_in_the_browser(exported, with_python, visit):
    page = alive(visit(address(exported(with_python), "random-walk", "?answer=1")))
    drawn = page.locator("#figure [data-send=node]")
    drawn.nth(0).click()
    page.wait_for_url("**tail=x1**")
    drawn.nth(4).click()
    page.wait_for_url("**edges=**")
    expect(page.locator("#figure")).to_contain_text("1/")
    crowd = page.locator("input[data-send=crowd]")
    crowd.evaluate(
        "slider => { slider.value = 1; "
        "slider.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    page.wait_for_url("**crowd=1**")
    page.locator("#steps [data-send=step]", has_text="All lines").click()
    expect(page.locator("#steps")).to_contain_text("walkers")


def test_a_shared_address_opens_without_a_server(exported, with_python, visit):
    query = "?edges=03.13.14.24.35.45.26.36.46.07.57.67&answer=1&step=2"
    page = alive(visit(address(exported(with_python), "random-walk", query)))
    expect(page.locator("#steps .step, #steps li").nth(1)).to_be_visible()
    assert page.url.endswith(query)


def test_a_static_server_serves_it_too(exported, with_python, chromium):
    folder = exported(with_python)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_address[1]}/"
        page = chromium.new_page()
        page.set_default_timeout(TIMEOUT)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{home}random-walk.html?answer=1")
        alive(page)
        page.locator("#figure [data-send=node]").nth(0).click()
        page.wait_for_url("**tail=x1**")
        assert all(url.removeprefix("blob:").startswith(home) for url in asked)
        page.close()
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="other things in it"):
        exporting.export(tmp_path, None, {}, progress=print)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_npm_a_line_says_what_to_do(tmp_path, monkeypatch):
    import pooch

    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UserError, match=r"npm is not there.*--without-python"):
        pyodide_folder(None)
    with pytest.raises(UserError, match=r"pyodide.mjs is missing"):
        pyodide_folder(tmp_path)
