// Light: what is pointed at or has the focus is lit, wherever it stands on the page:
//   data-link="a b"   lights up with all else that has one of these links
"use strict";

let pointed = null;

function links(element) {
  return element?.isConnected ? (element.closest("[data-link]")?.dataset.link ?? "").split(" ").filter(Boolean) : [];
}

function light() {
  const lit = new Set([...links(pointed), ...links(document.activeElement)]);
  for (const element of document.querySelectorAll("[data-link]"))
    element.classList.toggle("lit", links(element).some((one) => lit.has(one)));
}

function point(element) {
  pointed = element;
  light();
}
document.addEventListener("pointerover", ({ target }) => point(target));
document.documentElement.addEventListener("pointerleave", () => point(null));
document.addEventListener("focusin", light);
document.addEventListener("focusout", () => requestAnimationFrame(light));

// Once the columns' tops are out of sight, the picture's scrolls by itself, if it is the shorter one.
const columns = document.querySelector(".columns");

function reading() {
  const seen = columns.querySelector(".seen");
  columns.toggleAttribute("data-reading", columns.getBoundingClientRect().top < 0 && columns.offsetHeight > seen.scrollHeight);
}
if (columns) addEventListener("scroll", reading, { passive: true });
