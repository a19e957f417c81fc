"""How long the lessons let one wait: until a page has content, and from a click to its answer.

Needs Chromium. Real clicks, on what can be pressed at random, while samples are being drawn; each
is timed in the page from the click to the frame after its answer was put into place. The time to
content counts from the start of a fresh process of `sqrtd teach` to the picture in a browser that
is already open.
"""

import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from teaching.contents import CONTENTS

CLICKS = 40
"""On each lesson, at most."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TIMED = """() => {
  window.times = [];
  let start = 0;
  for (const kind of ["click", "change"])
    addEventListener(kind, (event) => { start = event.timeStamp; }, true);
  const was = show;
  show = (reply, name) => {
    was(reply, name);
    const began = start;
    const drawn = () => times.push(performance.now() - began);
    if (name !== "more") requestAnimationFrame(() => setTimeout(drawn));
  };
}"""
HANDLES = """() => [...document.querySelectorAll("[data-send][id]:not([aria-disabled])")]
  .filter((handle) => !handle.matches("#set-reset-, [data-send=theme], [type=radio]:checked"))
  .map((handle) => handle.id)"""
PLACE = """(id) => {
  const handle = document.getElementById(id);
  handle?.scrollIntoView({ block: "center" });
  const box = handle?.getBoundingClientRect();
  const [x, y] = box ? [box.left + box.width / 2, box.top + box.height / 2] : [0, 0];
  return document.elementFromPoint(x, y)?.closest("[data-send]") === handle ? [x, y] : null;
}"""


@contextmanager
def teaching(*options: str) -> Iterator[str]:
    """Run `sqrtd teach` and yield its address."""
    command = [sys.executable, "-c", "import sys; from sqrtd.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*command, "teach", "--no-browser", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()


def seconds_to_content(browser: Browser, lesson: str) -> float:
    """Time a fresh process until its page shows the picture."""
    page = browser.new_page()
    start = time.perf_counter()
    with teaching("--lesson", lesson) as address:
        page.goto(address, wait_until="commit")
        page.wait_for_selector("#figure .picture")
        seconds = time.perf_counter() - start
        page.close()
    return seconds


def milliseconds_of_clicks(page: Page, address: str, seed: int) -> list[float]:
    """Click about on a lesson and return how long each click took."""
    choose = random.Random(seed)
    page.goto(address)
    page.evaluate(TIMED)
    page.click("#set-answer-0")
    page.click("#set-step-all")
    for _ in range(CLICKS):
        place = page.evaluate(PLACE, choose.choice(page.evaluate(HANDLES)))
        if place is None:  # hidden beneath something else
            continue
        page.mouse.click(*place)
        page.wait_for_timeout(100)
        while page.evaluate("busy && !document.hidden && queue.length"):
            page.wait_for_timeout(20)
    return list(page.evaluate("times"))


def row(name: str, times: Sequence[float]) -> list[str]:
    """Return a lesson's line of the table."""
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    figures = [statistics.median(times), p95, max(times)]
    return [name, str(len(times)), *(f"{figure:.0f}" for figure in figures)]


def main() -> None:
    """Print the table."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    table = Table("lesson", "content (s)", "clicks", "p50 (ms)", "p95 (ms)", "longest (ms)")
    everything: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        waits = {entry.slug: seconds_to_content(browser, entry.slug) for entry in CONTENTS}
        with teaching() as address:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            for number, entry in enumerate(CONTENTS):
                times = milliseconds_of_clicks(page, address + entry.slug, number)
                everything += times
                name, *figures = row(entry.slug, times)
                table.add_row(name, f"{waits[name]:.2f}", *figures)
        browser.close()
    name, *figures = row("all", everything)
    table.add_row(name, f"{max(waits.values()):.2f}", *figures)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
