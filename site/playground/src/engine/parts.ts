// The parts of Python and the worker's source: out of the page, where it is one file, or from beside it.
import { EngineError } from "./types";
import { PARTS, type Parts } from "./messages";

type Told = (loaded: number, total: number) => void;

// What the page holds as <script type="text/plain" data-part="NAME">: base64.
const findInside = (name: string) => document.querySelector(`script[data-part="${name}"]`)?.textContent ?? null;
const decode = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

export function makeWorker(): Worker {
  const source = findInside("worker.js");
  if (source === null) {
    return new Worker(new URL("worker.js", document.baseURI));
  }
  const address = URL.createObjectURL(new Blob([decode(source)], { type: "text/javascript" }));
  const worker = new Worker(address);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return worker;
}

export async function loadParts(told: Told): Promise<Parts> {
  const inside = PARTS.map((name) => findInside(name));
  if (inside.every((text) => text !== null)) {
    return Object.fromEntries(PARTS.map((name, i) => [name, decode(inside[i] as string).buffer])) as Parts;
  }
  const responses = await Promise.all(PARTS.map((name) => request(`${name}.gz`)));
  const total = responses.reduce((sum, one) => sum + Number(one.headers.get("content-length") ?? 0), 0);
  let loaded = 0;
  const read = async (response: Response) => {
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        loaded += chunk.length;
        told(loaded, Math.max(loaded, total));
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body!.pipeThrough(counted)).arrayBuffer();
  };
  const bodies = await Promise.all(responses.map(read)).catch(() => {
    throw new EngineError("Python could not be loaded: the connection broke off; reload the page to try again");
  });
  return Object.fromEntries(PARTS.map((name, i) => [name, bodies[i]])) as Parts;
}

async function request(name: string): Promise<Response> {
  if (location.protocol === "file:") {
    throw new EngineError(
      "Python could not be loaded: from the disk a browser lets no page read the files beside it; open playground.html, or have a server show this folder",
    );
  }
  const response = await fetch(new URL(name, document.baseURI)).catch(() => null);
  if (response === null || !response.ok) {
    const why = response === null ? "there is no connection to where the page comes from" : `${name} is not there`;
    throw new EngineError(`Python could not be loaded: ${why}; reload the page to try again`);
  }
  return response;
}
