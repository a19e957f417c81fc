// What a student does, by mouse, finger and keyboard. Elements say what they send:
//   data-send="name" data-text="text"   pressed, chosen or moved (without a text: the element's value)
//   data-drag="name"                    dragged over its picture, or moved by the arrow keys
"use strict";

function disabled(element) {
  return element.hasAttribute("aria-disabled");
}

function text(element) {
  return element.dataset.text ?? element.value ?? "";
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-copy]")) copy();
  const element = target.closest("[data-send]");
  if (!element || element.matches("input")) return; // inputs change
  // What cannot be pressed now may be possible after what is on its way.
  if (disabled(element) && !busy && !queue.length) return;
  send(element.dataset.send, text(element), element);
});

document.addEventListener("input", ({ target }) => {
  if (target.matches("[type=range][data-send]")) slide(target.dataset.send, target.value, true);
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-send]")) return;
  if (target.type === "range") slide(target.dataset.send, target.value, false);
  else send(target.dataset.send, text(target), target);
});

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

document.addEventListener("keydown", (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  const knob = key.target.closest("[data-drag]");
  if (knob && ARROWS[key.key]) {
    key.preventDefault();
    // A key that is held down waits for what it has done.
    if (!key.repeat || !(busy || queue.length)) send(knob.dataset.drag, ARROWS[key.key]);
  }
  // Parts of a picture are no buttons to the browser.
  const part = key.target.closest("svg [data-send]");
  if (part && (key.key === "Enter" || key.key === " ")) {
    key.preventDefault();
    if (!key.repeat) send(part.dataset.send, text(part), part);
  }
});

let drag = null;

document.addEventListener("pointerdown", (press) => {
  const knob = press.target.closest("[data-drag]");
  if (!knob || drag || press.button !== 0) return;
  drag = { knob, pointer: press.pointerId, last: null };
  knob.setPointerCapture(press.pointerId);
  knob.focus({ preventScroll: true });
});

function dragged(to, moving) {
  const toPicture = drag.knob.ownerSVGElement?.getScreenCTM()?.inverse();
  if (!toPicture) return;
  const { x, y } = new DOMPoint(to.clientX, to.clientY).matrixTransform(toPicture);
  slide(drag.knob.dataset.drag, `${x.toFixed(1)},${y.toFixed(1)}`, moving);
}

// Else a finger would scroll the page; inside SVG, `touch-action` does not prevent it everywhere.
document.addEventListener("touchstart", (touch) => {
  if (touch.target.closest("[data-drag]")) touch.preventDefault();
}, { passive: false });

document.addEventListener("pointermove", (move) => {
  if (move.pointerId !== drag?.pointer) return;
  drag.last = move;
  dragged(move, true);
});

for (const end of ["pointerup", "pointercancel"])
  document.addEventListener(end, (up) => {
    if (up.pointerId !== drag?.pointer) return;
    // A drag that the system ends has no place of its own, and yet is over: undo is to know.
    if (drag.last) dragged(end === "pointerup" ? up : drag.last, false);
    drag = null;
  });

async function copy() {
  const here = new URL(address + location.hash, location).href; // from a disk, some origins are "null"
  try {
    await navigator.clipboard.writeText(here);
    say("The address is copied: it opens the page as you see it.");
  } catch {
    say(`Copy the address from the browser's bar: ${here}`);
  }
}

goOn();
later();
