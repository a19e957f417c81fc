// Puts the parts of the page that changed into their places, and keeps the address and the focus.
"use strict";

const message = document.getElementById("message");
let served = message?.innerHTML; // the server's message
let ours = false; // whether another one stands in its place

function say(...words) {
  ours = true;
  const line = document.createElement("p");
  line.append(...words);
  message.replaceChildren(line);
}

function show({ fragments, theme, large, ...reply }, name) {
  ({ session, address, more } = reply);
  write();
  document.documentElement.dataset.theme = theme;
  document.documentElement.toggleAttribute("data-large", large);
  served = fragments.message ?? served;
  if (ours && name !== "more") {
    fragments.message = served;
    ours = false;
  }
  for (const [part, html] of Object.entries(fragments)) swap(document.getElementById(part), html);
  light();
  remember();
}

// ---- What is remembered: the address, for the ways back; the session, so that a page that is loaded
// anew can still undo.

function remember() {
  keep(page.lesson, { address, ...(document.querySelector("#puzzle .verdict.good") && { solved: true }) });
  ways();
  try {
    sessionStorage.setItem(KEPT + page.lesson, JSON.stringify({ session, address }));
  } catch {
    // as above
  }
}

function goOn() {
  const [visit] = performance.getEntriesByType("navigation");
  let before = {};
  try {
    before = JSON.parse(sessionStorage.getItem(KEPT + page.lesson)) ?? {};
  } catch {
    // as above
  }
  if (visit?.type !== "navigate" && before.address === address) {
    session = before.session;
    send("look", "");
  } else if (done(address).size) remember();
  else if (!message.textContent && done(kept(page.lesson).address).size) offer();
}

// A lesson that is opened from its start, and was left further on.
function offer() {
  const link = Object.assign(document.createElement("a"), {
    href: `${location.pathname}?${done(kept(page.lesson).address)}`, textContent: "go on where you left it",
  });
  say("You have been in this lesson: ", link, ".");
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
