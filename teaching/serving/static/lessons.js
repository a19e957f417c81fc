// Sends what a student does, one event at a time. No script knows anything of any lesson. The
// others of a lesson's page: replies.js puts the parts that changed into their places, hands.js
// listens to hands and keys, light.js lights what belongs together.
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
