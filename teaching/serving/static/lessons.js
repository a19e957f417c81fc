// Sends what a student does, and puts the parts of the page that changed into their places.
// It knows nothing of any lesson. Elements say what they send:
//   data-send="name" data-text="text"   pressed, chosen or moved (without a text: the element's value)
//   data-drag="name"                    dragged over its picture, or moved by the arrow keys
//   data-link="a b"                     lights up with all else that has one of these links
"use strict";

const page = document.body.dataset;
const HELD = 300; // milliseconds: longer than a finger stays down, or than browsers want between addresses

// ---- Events: one at a time, in the order in which they came.

const queue = [];
let busy = false;
let session = page.session;
let address = page.address;
let more = page.more || globalThis.alone?.opened ? 0 : null; // milliseconds until the sample's next piece
let timer = 0;
let quiet = 0; // no pieces before this time

function send(name, text, element) {
  queue.push({ name, text, moving: false, element });
  work();
}

// Clicks are never merged. Of a slider's moves that still wait only the newest counts; letting it
// go ends the move, which is undone as a whole.
function slide(name, text, moving) {
  let waited = false;
  while (queue.at(-1)?.slides === name) waited = Boolean(queue.pop());
  if (moving || waited) queue.push({ name, text, moving: true, slides: name });
  if (!moving) queue.push({ name, text, moving: false, slides: name });
  work();
}

async function work() {
  if (busy) return;
  const event = queue.length ? current(queue.shift()) : piece();
  if (!event) return queue.length ? work() : later();
  busy = true;
  const slow = setTimeout(() => document.body.toggleAttribute("data-busy", event.name !== "more"), HELD);
  try {
    await exchange(event);
  } finally {
    busy = false;
    clearTimeout(slow);
    document.body.removeAttribute("data-busy");
  }
  restore();
  if (queue.length) work();
  else later();
}

// A click means what the button says when its turn comes: two on "next" go two steps.
function current(event) {
  if (!event.element?.isConnected || event.element.dataset.text === undefined) return event;
  if (disabled(event.element)) return null;
  return { ...event, text: text(event.element) };
}

async function exchange({ name, text, moving }) {
  let answered;
  try {
    answered = await (globalThis.alone ?? fromServer)({ session, address, name, text, moving });
  } catch {
    return gone();
  }
  if (answered.ok) return show(answered.reply, name);
  more = null;
  say(answered.reply.error);
}

async function fromServer(event) {
  const response = await fetch("/event", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  return { ok: response.ok, reply: await response.json() };
}

function gone() {
  more = null;
  queue.length = 0;
  session = ""; // what was answered may not have arrived: the next reply is to bring the whole page
  const port = location.port && ` --port ${location.port}`;
  say(`The lessons have been closed. Start them again with \`sqrtd teach${port}\`, and go on here.`);
}

// The next piece of the sample, when nobody waits for anything else.
function piece() {
  if (more === null || document.hidden || performance.now() < quiet) return null;
  return { name: "more", text: "", moving: false };
}

function later() {
  clearTimeout(timer);
  if (more !== null && !document.hidden) timer = setTimeout(work, Math.max(more, quiet - performance.now()));
}

// A click that begins finds the server free when it ends.
function hush() {
  quiet = performance.now() + HELD;
  later();
}
document.addEventListener("pointerdown", hush);
document.addEventListener("keydown", hush);
document.addEventListener("visibilitychange", work);

// ---- Replies

const message = document.getElementById("message");
let served = message?.innerHTML; // the server's message
let ours = false; // whether another one stands in its place

function say(words) {
  ours = true;
  message.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
}

function show({ fragments, theme, large, looks, ...reply }, name) {
  ({ session, address, more } = reply);
  write();
  document.documentElement.dataset.theme = theme;
  document.documentElement.toggleAttribute("data-large", large);
  for (const link of document.querySelectorAll("a.lesson")) link.search = looks;
  served = fragments.message ?? served;
  if (ours && name !== "more") {
    fragments.message = served;
    ours = false;
  }
  for (const [part, html] of Object.entries(fragments)) swap(document.getElementById(part), html);
  light();
}

// Browsers refuse an address that changes too often.
let written = 0;
let writing = 0;

function write() {
  clearTimeout(writing);
  const wait = written + HELD - performance.now();
  if (wait > 0) writing = setTimeout(write, wait);
  else if (location.pathname + location.search !== address) {
    history.replaceState(null, "", address + location.hash);
    written = performance.now();
  }
}
addEventListener("pagehide", () => { written = -HELD; write(); });

function swap(part, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const element = document.activeElement;
  const at = peers(part, element).indexOf(element);
  const held = part.contains(element);
  children(part, fresh.content);
  if (held && document.activeElement !== element) refocus(part, element, at);
}

// The focus stays; or goes to the nearest that does the same, or else to this part of the page.
function refocus(part, element, at) {
  const left = peers(part, element);
  const next = element.isConnected ? element : left[Math.min(at, left.length - 1)] ?? part;
  if (next === part) part.tabIndex = -1;
  next.focus({ preventScroll: true });
}

function peers(part, { dataset: { send } = {} }) {
  return send ? [...part.querySelectorAll(`[data-send="${CSS.escape(send)}"]`)] : [];
}

// Elements are kept where they are of the same kind, so that focus and drags outlive a change.
function children(old, fresh) {
  const kept = new Map([...old.children].filter((node) => node.id).map((node) => [node.id, node]));
  let at = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const same = node.id ? kept.get(node.id) : at && !at.id && alike(at, node) ? at : null;
    if (same && alike(same, node)) {
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      become(same, node);
    } else {
      old.insertBefore(node, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName;
}

function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  children(old, fresh);
}

// An input shows what the page says, also where the student's change was refused; but not while
// there is news of it on the way, nor what is being typed.
function restore() {
  if (queue.length) return;
  for (const input of document.querySelectorAll("input[data-send]")) {
    if (input.type === "checkbox" || input.type === "radio") input.checked = input.defaultChecked;
    else if (input.type === "range" || input !== document.activeElement) input.value = input.defaultValue;
  }
}

// ---- What a student does

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

// ---- Light: what is pointed at or has the focus is lit, wherever it stands on the page.

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

async function copy() {
  const here = location.origin + address + location.hash;
  try {
    await navigator.clipboard.writeText(here);
    say("The address is copied: it opens the page as you see it.");
  } catch {
    say(`Copy the address from the browser's bar: ${here}`);
  }
}

later();
