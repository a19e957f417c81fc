// Where the student is in each lesson: this browser remembers it, for the ways back to it.
"use strict";

const KEPT = "sqrtd ";

function kept(lesson) {
  try {
    return JSON.parse(localStorage.getItem(KEPT + lesson)) ?? {};
  } catch {
    return {};
  }
}

function keep(lesson, news) {
  try {
    localStorage.setItem(KEPT + lesson, JSON.stringify({ ...kept(lesson), ...news }));
  } catch {
    // A browser that keeps nothing is one without ways back.
  }
}

// Without what is the page's looks, which go along from the page at hand.
function done(address) {
  const query = new URLSearchParams((address ?? "").split("?")[1]);
  for (const look of ["large", "theme"]) query.delete(look);
  return query;
}

function looks() {
  const { theme, large } = document.documentElement.dataset;
  return { ...(large !== undefined && { large: "1" }), ...(theme !== "auto" && { theme }) };
}

// Links lead to where the lesson was left, and say whether it is solved.
function ways() {
  const marks = document.querySelector(".order")?.dataset;
  for (const link of document.querySelectorAll("a.lesson")) {
    const { address, solved } = kept(link.dataset.lesson);
    const query = done(address);
    const begun = query.size > 0;
    for (const [name, value] of Object.entries(looks())) query.set(name, value);
    const path = link.getAttribute("href").split("?")[0];
    link.setAttribute("href", path + (query.size ? `?${query}` : ""));
    link.classList.toggle("solved", Boolean(solved));
    const mark = link.parentElement.querySelector(".kept");
    if (mark) mark.textContent = solved ? marks.solved : begun ? marks.begun : "";
  }
  for (const link of document.querySelectorAll("a.course")) {
    const query = new URLSearchParams(looks());
    link.setAttribute("href", link.getAttribute("href").split("?")[0] + (query.size ? `?${query}` : ""));
  }
}
ways();
addEventListener("pageshow", ways); // a page that comes back as it was left

// What stays in view above takes room from what is scrolled to.
const above = document.querySelector(".top");
if (above) new ResizeObserver(() => document.documentElement.style.setProperty("--above", `${above.offsetHeight}px`)).observe(above);

// On a phone the contents are moved sideways: so that the open lesson is in view.
const contents = document.querySelector(".contents");
const here = contents?.querySelector("[aria-current]");
if (here) contents.scrollLeft = here.offsetLeft - contents.clientWidth / 2;
