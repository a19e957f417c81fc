// Python in a worker. Its files come by a message: under file:// nothing can be fetched.
"use strict";
self.importScripts = undefined; // Pyodide takes a worker without it for one that can import modules

let answer;

async function unpacked(text) {
  const letters = atob(text);
  const packed = new Uint8Array(letters.length);
  for (let n = 0; n < letters.length; n += 1) packed[n] = letters.charCodeAt(n);
  return new Response(new Response(packed).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function start({ files, slug }) {
  const names = Object.keys(files);
  const whole = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await unpacked(files[name])])),
  );
  self.fetch = async (request) => {
    const name = String(request.url ?? request).split("/").pop();
    if (!whole[name]) throw new TypeError(`${name} is not in the folder`);
    const kind = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(whole[name], { headers: { "content-type": kind } });
  };
  const module = (name) => {
    const place = URL.createObjectURL(new Blob([whole[name]], { type: "text/javascript" }));
    return import(place).finally(() => URL.revokeObjectURL(place));
  };
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([
    module("pyodide.mjs"),
    module("pyodide.asm.mjs"),
  ]);
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: "https://folder.invalid/", // asked by our own fetch alone
    lockFileContents: new TextDecoder().decode(whole["pyodide-lock.json"]),
  });
  python.unpackArchive(whole["lessons.zip"], "zip", { extractDir: "/lessons" });
  python.runPython("import sys; sys.path.insert(0, '/lessons')");
  const { answer: found } = python.pyimport("teaching.exporting.in_browser");
  answer = (event) => found(slug, JSON.stringify(event));
}

onmessage = async ({ data }) => {
  try {
    if (data.files) await start(data);
    postMessage({ number: data.number, reply: data.event && answer(data.event) });
  } catch (error) {
    postMessage({ number: data.number, error: String(error) });
  }
};
