// Presenter mode: arrow keys, or the keys of a presenter's remote, go on and back by one line.
"use strict";

const GOES = { ArrowRight: "#set-step-next", PageDown: "#set-step-next", ArrowLeft: "#set-step-back", PageUp: "#set-step-back" };

document.addEventListener("keydown", (key) => {
  if (!("large" in document.documentElement.dataset) || key.ctrlKey || key.metaKey || key.altKey) return;
  const goes = GOES[key.key];
  if (!goes || key.target.closest("input, [data-drag]")) return;
  key.preventDefault();
  // The last option shows the answer.
  const answer = goes.endsWith("next") && document.querySelector("#question .options :last-child");
  const button = answer || document.querySelector(goes);
  if (!disabled(button)) send(button.dataset.send, text(button), button);
});
