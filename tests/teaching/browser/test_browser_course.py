"""The course in a browser: what it remembers, presenter mode, a frame, a handout, access."""

import io
import subprocess
import tarfile
from shutil import which

import pytest
from browsing import shown, until
from playwright.sync_api import expect
from tiny_lesson import LESSON

import teaching.serving.sessions
from teaching.contents import CONTENTS

WALK = "random-walk"
COURSE = ("", "summary", "exercises", "solutions", "ledger")


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "load", lambda slug: LESSON)


# What the browser remembers


def test_the_way_back_leads_to_what_was_left(visit, tiny):
    page = visit("the-law?theme=dark")
    page.click("text=Click 4")
    page.wait_for_url("**/the-law?clicked=4&theme=dark")
    page.click("text=Course")
    page.wait_for_url("**/?theme=dark")
    expect(page.locator(".order li").first).to_contain_text("begun")
    expect(page.locator(".order li").nth(1)).not_to_contain_text("begun")
    page.click(".order >> text=The law in one minute")
    shown(page, "clicked 4;")
    assert "theme=dark" in page.url


def test_a_lesson_that_is_opened_at_its_start_offers_to_go_on(visit, tiny):
    page = visit("the-law")
    page.click("text=Click 4")
    shown(page, "clicked 4;")
    page = visit("the-law")
    shown(page, "clicked ;")
    page.click("text=go on where you left it")
    shown(page, "clicked 4;")


def test_a_page_that_is_loaded_anew_can_undo(visit, tiny):
    page = visit("the-law")
    for digit in "12":
        page.click(f"text=Click {digit}")
        shown(page, f"{digit};")
    page.wait_for_url("**?clicked=12")
    page.reload()
    for left in ("clicked 1;", "clicked ;"):
        page.click("#set-undo-:not([aria-disabled])")
        shown(page, left)


def test_a_solved_puzzle_is_remembered_and_leads_on(visit, tiny):
    page = visit("the-law?slid=7")
    following = page.locator(".following")
    expect(following).to_be_hidden()
    page.click("#set-judged-1")
    expect(following).to_be_visible()
    following.locator("a").click()
    page.wait_for_url(f"**/{CONTENTS[1].slug}")
    page.click("text=Course")
    expect(page.locator(".order li").first).to_contain_text("solved")


# Layout


@pytest.mark.parametrize("width", [390, 1280])
def test_header_and_messages_stay_in_view(visit, tiny, width):
    page = visit("the-law?slid=12&step=2", width=width)
    page.evaluate("document.querySelector('#steps').style.paddingBottom = '3000px'")
    page.mouse.wheel(0, 1500)
    until(page, "scrollY > 1000")
    before = page.evaluate("scrollY")
    page.evaluate("send('slide', '13')")
    expect(page.locator("#message")).to_contain_text("13 is not to be had")
    for part in (".top", "#message"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= -1
        assert box["y"] + box["height"] < 300
    assert page.evaluate("scrollY") == before  # and nothing jumps


@pytest.mark.parametrize("page_name", COURSE)
def test_pages_of_the_course_fit_a_phone(visit, page_name):
    page = visit(page_name, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    outside = page.evaluate(
        "[...document.querySelectorAll('.picture text')].filter(text => {"
        " const box = text.getBoundingClientRect();"
        " return box.left < -1 || box.right > innerWidth + 1 }).map(text => text.textContent)"
    )
    assert outside == []


def test_the_question_comes_first(visit):
    page = visit(WALK, width=390)
    tops = [page.locator(part).bounding_box()["y"] for part in ("#question", "#figure", "#steps")]
    assert tops == sorted(tops)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('main'))"):
            break
    assert page.evaluate("document.activeElement.closest('.columns > *').className") == "card asked"


# For teachers


def test_arrow_keys_present_a_line_at_a_time(visit):
    page = visit(f"{WALK}?large=1")
    expect(page.locator("#steps")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#question")).to_contain_text("You asked to be shown")
    for line in range(1, 7):
        page.keyboard.press("PageDown" if line % 2 else "ArrowRight")
        expect(page.locator("#steps li")).to_have_count(line)
        until(page, "!busy && !queue.length")
        assert page.locator("#steps li >> visible=true").count() == 1
        expect(page.locator("#figure .picture")).to_be_visible()
        expect(page.locator("#question")).to_be_hidden()
    expect(page.locator("#puzzle")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#steps li")).to_have_count(5)
    expect(page.locator("#puzzle")).to_be_hidden()


def test_arrow_keys_are_the_handles_own_in_presenter_mode(visit):
    page = visit(f"{WALK}?large=1&answer=1&step=1")
    page.focus("#set-crowd-")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#set-crowd-")).to_have_js_property("value", "1")
    expect(page.locator("#steps li")).to_have_count(1)


def test_a_handout_has_no_buttons(visit):
    page = visit(f"{WALK}?answer=1&step=6")
    page.emulate_media(media="print")
    assert page.locator("button >> visible=true").count() == 0
    assert page.locator("#steps li >> visible=true").count() == 6
    expect(page.locator("#figure .picture")).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_handout_lists_the_answers_to_choose_from(visit):
    page = visit(WALK)
    page.emulate_media(media="print")
    expect(page.locator("#set-answer-1")).to_be_visible()
    expect(page.locator("text=I can't tell")).to_be_hidden()
    page.emulate_media(media="screen")


# Access, by axe-core


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core, fetched by npm; where that cannot be, its tests are skipped."""
    npm = which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("axe")
    packed = subprocess.run(
        [npm, "pack", "--silent", "axe-core@4"], cwd=folder, capture_output=True, check=False
    )
    if packed.returncode:
        pytest.skip("npm cannot fetch axe-core")
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as files:
        return files.extractfile("package/axe.min.js").read().decode()


def violations(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (each["id"], node["target"], node["failureSummary"])
        for each in found["violations"]
        for node in each["nodes"]
    ]


ADDRESSES = [*COURSE, *(f"{e.slug}{q}" for e in CONTENTS for q in ("", "?answer=0&step=30&hint=9"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing(visit, axe, address, scheme):
    page = visit(address, color_scheme=scheme, reduced_motion="reduce")
    assert violations(page, axe) == []


def test_axe_finds_what_is_wrong(visit, axe):
    page = visit(WALK)
    page.evaluate("document.querySelector('.top').innerHTML += '<button></button>'")
    assert [name for name, *_ in violations(page, axe)] == ["button-name"]


def test_the_open_lesson_is_in_view_in_the_contents(visit):
    page = visit(CONTENTS[-1].slug, width=320)
    box = page.locator(".contents [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert page.evaluate("scrollY") == 0
