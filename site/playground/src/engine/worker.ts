// The worker: Python, which answers one question after another. It asks the network for nothing: its parts are sent to it.
import { loadPyodide, type PyodideAPI } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import type { FromWorker, Part, Parts, ToWorker } from "./messages";

const INSIDE = "https://inside.invalid/"; // where Pyodide looks for its parts, which fetch() below takes from the message
const FOLDER = "/home/pyodide"; // Python's working folder
const PACKAGES = "/lib/cnnspec";

const tell = (message: FromWorker) => postMessage(message);
let ask: ((method: string, question: string) => string) | undefined;
let python: PyodideAPI;

// A part as it is; some servers have unpacked it on the way.
function unpack(data: ArrayBuffer): Response {
  const packed = new DataView(data).getUint16(0) === 0x1f8b;
  const stream = new Blob([data]).stream();
  return new Response(packed ? stream.pipeThrough(new DecompressionStream("gzip")) : stream);
}

// Write the files that a part holds one behind the other; see bytecode.py.
function writeFiles(packed: ArrayBuffer, folder: string) {
  const size = new DataView(packed).getUint32(0, true);
  const sizes: Record<string, number> = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 4, size)));
  const made = new Set<string>();
  let start = 4 + size;
  for (const [name, length] of Object.entries(sizes)) {
    const path = `${folder}/${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) {
      python.FS.mkdirTree(parent);
      made.add(parent);
    }
    python.FS.writeFile(path, new Uint8Array(packed, start, length), { canOwn: true });
    start += length;
  }
}

async function start(parts: Parts) {
  const own = unpack(parts["cnnspec.bin"]).arrayBuffer();
  self.fetch = async (asked) => {
    const name = String(asked instanceof Request ? asked.url : asked).replace(INSIDE, "") as Part;
    if (!(name in parts)) {
      throw new TypeError(`the page asks nothing of other places: ${name}`);
    }
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(unpack(parts[name]).body, { headers: { "content-type": type } });
  };
  python = await loadPyodide({
    indexURL: INSIDE,
    packageBaseUrl: INSIDE,
    stdLibURL: `${INSIDE}python_stdlib.zip`,
    lockFileContents: { info: LOCK_INFO, packages: {} },
    createPyodideModule,
  });
  writeFiles(await own, PACKAGES);
  python.FS.chdir(FOLDER);
  ask = python.runPython(`
import sys
sys.path.insert(0, "${PACKAGES}")
from cnnspec.playground.questions import Playground

def run_command(arguments):
    from cnnspec.cli import main

    return main(arguments)

Playground(run_command).answer
`);
  tell({ kind: "started" });
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") {
    await start(data.parts).catch((error: unknown) => tell({ kind: "failed", sentence: `Python did not start: ${String(error)}` }));
  } else if (ask !== undefined) {
    if (data.file !== undefined) {
      python.FS.writeFile(`${FOLDER}/${data.file.name}`, data.file.bytes, { canOwn: true });
    }
    try {
      tell({ kind: "answered", answer: ask(data.method, data.question) });
    } catch (error) { // of WebAssembly itself: its stack or its memory is at an end
      tell({ kind: "failed", sentence: `Python has stopped: ${String(error)}` });
    }
  }
};
