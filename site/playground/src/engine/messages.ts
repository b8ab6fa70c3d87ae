// What the page and its worker say to each other.
import type { Method } from "./types";

export const PARTS = ["pyodide.asm.wasm", "python_stdlib.zip", "cnnspec.bin"] as const; // each packed with gzip, as NAME.gz
export type Part = (typeof PARTS)[number];
export type Parts = Record<Part, ArrayBuffer>; // as they are packed

export type ToWorker =
  | { kind: "start"; parts: Parts }
  | { kind: "ask"; method: Method; question: string; file?: { name: string; bytes: Uint8Array } };

export type FromWorker =
  | { kind: "started" }
  | { kind: "failed"; sentence: string }
  | { kind: "answered"; answer: string }; // JSON: {"answer": …} or {"error": a sentence}
