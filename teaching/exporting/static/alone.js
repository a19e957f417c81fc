// Answers a page's events without a server: from the table that was recorded, and from Python in
// this browser once it is there. `lessons.js` asks `globalThis.alone` where it would ask a server.
"use strict";

globalThis.alone = (() => {
  const { lesson, python } = document.body.dataset;
  const here = location.pathname;
  const ON_STEP = ["figure", "handles", "counterexample", "steps"];
  const EVERY = ["bar", "question", "puzzle", ...ON_STEP];
  const OPEN = { answer: -1, step: 0, hint: 0, judged: false, large: false, theme: "auto" };
  document.body.dataset.address = here + location.search;

  // ---- Files of the folder, each a script that hands over its content.

  const handed = {};
  globalThis.hand = (name, content) => handed[name](content);

  function file(name) {
    return new Promise((resolve, reject) => {
      handed[name] = resolve;
      const script = document.createElement("script");
      script.src = name;
      script.onerror = () => reject(new Error(`${name} is missing`));
      document.head.append(script);
    });
  }

  async function unpacked(text) {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Response(new Response(packed).body.pipeThrough(new DecompressionStream("gzip"))).text();
  }

  // ---- The table

  const table = file(`recorded/${lesson}.js`).then(unpacked).then(JSON.parse);
  let past = [];
  let drawn = false;
  let moved = "";

  function parsed(recorded, search) {
    const progress = { ...OPEN };
    const settings = [];
    for (const pair of search.replace(/^\?/, "").split("&").filter(Boolean)) {
      const [name, value] = pair.split("=");
      if (!(name in OPEN)) settings.push(pair);
      else if (typeof OPEN[name] === "number") progress[name] = Number(value);
      else progress[name] = typeof OPEN[name] === "boolean" ? value === "1" : value;
    }
    const query = settings.join("&");
    return query in recorded.after ? { query, progress } : null;
  }

  function search({ query, progress }) {
    const written = Object.entries(progress)
      .filter(([name, value]) => value !== OPEN[name])
      .map(([name, value]) => `${name}=${value === true ? 1 : value}`);
    const all = [query, ...written].filter(Boolean).join("&");
    return all && `?${all}`;
  }

  function next(recorded, state, name, text) {
    const { query, progress } = state;
    if (name === "reset") {
      return { query: "", progress: { ...OPEN, large: progress.large, theme: progress.theme } };
    }
    if (name === "large" || name === "judged") return { query, progress: { ...progress, [name]: text === "1" } };
    if (name === "theme") return { query, progress: { ...progress, theme: text } };
    if (name === "answer" || name === "step" || name === "hint") {
      if (name === "answer" && progress.answer !== -1) return state;
      return { query, progress: { ...progress, [name]: Number(text) } };
    }
    const after = recorded.after[query][`${name} ${text}`];
    return after === undefined ? null : { query: after, progress: { ...progress, judged: false } };
  }

  // The page's looks are no part of the work, which alone can be undone.
  function undone({ progress: { large, theme } }) {
    const { query, progress } = past.at(-1);
    return { query, progress: { ...progress, large, theme } };
  }

  function keys({ query, progress: { answer, step, hint, judged, large, theme } }) {
    const answered = Number(answer !== -1);
    const key = {
      bar: `bar ${Number(past.length > 0)} ${Number(large)} ${theme}`,
      question: `question ${answer}`,
      puzzle: `puzzle ${query}${drawn ? "!" : ""} ${answered} ${hint} ${Number(judged)}`,
    };
    for (const name of ON_STEP) key[name] = `${name} ${query}${drawn ? "!" : ""} ${answered} ${step}`;
    return key;
  }

  async function fromTable({ address, name, text, moving }) {
    const recorded = await table;
    let state = parsed(recorded, new URL(address, location).search);
    if (!state) return null;
    if (name === "more") {
      drawn = recorded.samples.includes(state.query);
      if (!drawn && alive) return null; // a sample that nobody has drawn
    } else if (name !== "look") {
      const before = state;
      if (name === "undo") state = past.length ? undone(state) : state;
      else state = next(recorded, state, name, text);
      if (!state) return null;
      if (name === "undo") past.pop();
      else if (search(before) !== search(state) && name !== "large" && name !== "theme" && moved !== name) past.push(before);
      moved = moving ? name : "";
      if (before.query !== state.query) drawn = false;
    }
    const found = Object.entries(keys(state)).map(([part, key]) => [part, recorded.parts[recorded.at[key]]]);
    if (found.some(([, html]) => html === undefined)) return null;
    const { large, theme } = state.progress;
    return {
      session: "",
      address: here + search(state),
      fragments: { message: "", ...Object.fromEntries(found) },
      more: recorded.samples.includes(state.query) && !drawn ? 0 : null,
      theme,
      large,
    };
  }

  // ---- Python

  const FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json", "lessons.zip"];
  const waiting = new Map();
  let worker = null;
  let calls = 0;
  let alive = false;

  function call(message) {
    return new Promise((resolve, reject) => {
      const number = (calls += 1);
      waiting.set(number, { resolve, reject });
      worker.postMessage({ number, ...message });
    });
  }

  async function started() {
    await new Promise((drawnOnce) => requestAnimationFrame(() => setTimeout(drawnOnce)));
    const code = await file("python/worker.js");
    const contents = await Promise.all(FILES.map((name) => file(`python/${name}.js`)));
    worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    worker.onmessage = ({ data: { number, reply, error } }) => {
      const { resolve, reject } = waiting.get(number);
      waiting.delete(number);
      if (error) reject(new Error(error));
      else resolve(reply && JSON.parse(reply));
    };
    const files = Object.fromEntries(FILES.map((name, number) => [name, contents[number]]));
    await call({ files, slug: lesson });
    alive = true;
    past = [];
    document.body.dataset.alive = "1";
  }
  const ready = python ? started() : Promise.reject(new Error("this lesson needs more than a browser"));
  ready.catch((error) => console.debug(`Python: ${error.message}`));

  async function fromPython({ session, address, ...event }) {
    const query = new URL(address, location).search.slice(1);
    const reply = await call({ event: { session, query, ...event } });
    if (reply.needs) return null;
    return { ...reply, address: here + reply.address.replace(/^[^?]*/, "") };
  }

  // ---- One answer, from the first that has one.

  function unanswered({ address }) {
    const state = `/${lesson}${new URL(address, location).search}`;
    return {
      ok: false,
      reply: { error: `This needs more than a browser has: run \`sqrtd teach --lesson '${state}'\` and go on there. What you see stays as it is.` },
    };
  }

  return async (event) => {
    let reply = alive ? null : await fromTable(event);
    if (!reply) {
      try {
        await ready;
        reply = (await fromPython(event)) ?? (await fromTable(event));
      } catch (error) {
        if (python) console.error(error);
      }
    }
    return reply ? { ok: true, reply } : unanswered(event);
  };
})();

globalThis.alone.opened = location.search !== "";
