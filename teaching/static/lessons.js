// Sends what a student does, and puts the parts of the page that changed into their places.
// It knows nothing of any lesson. Elements say what they send:
//   data-send="name" data-text="text"   pressed, chosen or moved (without a text: the element's value)
//   data-drag="name"                    dragged over its picture, or moved by the arrow keys
//   data-link="a b"                     lights up with all else that has one of these links
"use strict";

const queue = [];
let busy = false;
let more = document.body.dataset.more === "1";

function send(name, text, moving = false) {
  const last = queue[queue.length - 1];
  // Clicks are never merged; of a slider's moves only the newest counts.
  if (moving && last && last.moving && last.name === name) last.text = text;
  else queue.push({ name, text, moving });
  work();
}

async function work() {
  if (busy) return;
  let next = queue.shift();
  if (!next && more && !document.hidden) next = { name: "more", text: "", moving: false };
  if (!next) return;
  busy = true;
  try {
    const response = await fetch("/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        session: document.body.dataset.session,
        address: location.pathname + location.search,
        ...next,
      }),
    });
    const reply = await response.json();
    if (!response.ok) throw new Error(reply.error);
    show(reply);
  } catch (error) {
    more = false;
    say(error instanceof TypeError
      ? "The server does not answer: start it again with `sqrtd teach`, then reload this page."
      : error.message);
  }
  busy = false;
  // A moment between two pieces of a sample, so that the page is drawn and clicks come first.
  if (queue.length) work();
  else if (more) setTimeout(work, 15);
}

function say(words) {
  const place = document.getElementById("message");
  place.textContent = "";
  place.append(Object.assign(document.createElement("p"), { textContent: words }));
}

function show(reply) {
  more = reply.more;
  history.replaceState(null, "", reply.address);
  document.documentElement.dataset.theme = reply.theme;
  document.documentElement.toggleAttribute("data-large", reply.large);
  for (const [name, html] of Object.entries(reply.fragments)) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    children(document.getElementById(name), fresh.content);
  }
  light();
}

// Elements are kept where they are of the same kind, so that focus and drags outlive a change.
function children(old, fresh) {
  const olds = [...old.childNodes];
  const kept = new Map(olds.filter((node) => node.id).map((node) => [node.id, node]));
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
  if (old instanceof HTMLInputElement) {
    old.checked = fresh.checked;
    // A slider that is being moved knows better where it is.
    const moving = old === document.activeElement && queue.some((event) => event.name === old.dataset.send);
    if (!moving && old.value !== fresh.value) old.value = fresh.value;
  }
  children(old, fresh);
}

function text(element) {
  return element.dataset.text ?? element.value ?? "";
}

document.addEventListener("click", (click) => {
  const element = click.target.closest("[data-send]");
  if (click.target.closest("[data-copy]")) copy(click.target);
  if (!element || element.getAttribute("aria-disabled")) return;
  if (element.matches("input, select")) return; // they change
  send(element.dataset.send, text(element));
});

document.addEventListener("input", ({ target }) => {
  if (target.matches("input[type=range][data-send]")) send(target.dataset.send, text(target), true);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-send]:not([type=range])")) send(target.dataset.send, text(target));
});

const arrows = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

document.addEventListener("keydown", (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  const knob = key.target.closest("[data-drag]");
  if (knob && arrows[key.key]) {
    key.preventDefault();
    send(knob.dataset.drag, arrows[key.key]);
  }
  // Parts of a picture are no buttons to the browser.
  const part = key.target.closest("svg [data-send]");
  if (part && (key.key === "Enter" || key.key === " ")) {
    key.preventDefault();
    send(part.dataset.send, text(part));
  }
});

let dragged = null;

document.addEventListener("pointerdown", (press) => {
  dragged = press.target.closest("[data-drag]");
  if (!dragged) return;
  press.preventDefault();
  dragged.focus();
});

document.addEventListener("pointermove", (move) => {
  if (!dragged) return;
  const picture = dragged.ownerSVGElement;
  const place = new DOMPoint(move.clientX, move.clientY).matrixTransform(
    picture.getScreenCTM().inverse(),
  );
  send(dragged.dataset.drag, `${place.x.toFixed(1)},${place.y.toFixed(1)}`, true);
});

for (const end of ["pointerup", "pointercancel"])
  document.addEventListener(end, () => { dragged = null; });

// What is pointed at or has the focus is lit, wherever it stands on the page.
let pointed = null;

function links(element) {
  return (element?.closest?.("[data-link]")?.dataset.link ?? "").split(" ").filter(Boolean);
}

function light() {
  const lit = new Set([...links(pointed), ...links(document.activeElement)]);
  for (const element of document.querySelectorAll("[data-link]"))
    element.classList.toggle("lit", links(element).some((one) => lit.has(one)));
}

document.addEventListener("pointerover", ({ target }) => { pointed = target; light(); });
document.addEventListener("focusin", light);
document.addEventListener("focusout", () => requestAnimationFrame(light));
document.addEventListener("visibilitychange", work);

async function copy(button) {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The address is copied: it opens the page as you see it.");
  } catch {
    say(`Copy the address from the browser's bar: ${location.href}`);
  }
  button.focus();
}

work();
