// Files in and out: texts and models that are opened or dropped, and what is downloaded.

import type { Engine } from "./engine/types";
import { cleanName } from "./share";
import { count } from "./ui/dom";

const LARGEST_TEXT = 1_000_000; // bytes
const LARGEST_MODEL = 400_000_000; // bytes: Python holds them twice, of at most two gigabytes

export interface Opened {
  name: string;
  text: string;
  notes: string[]; // what is to be said of it
}

// The text of a file, or of the model in it. Rejects with an error whose message is a sentence.
export async function openFile(file: File, engine: Engine): Promise<Opened | null> {
  const name = cleanName(file.name);
  if (/\.(cnn|txt)$/i.test(name)) {
    refuseLarger(file, LARGEST_TEXT);
    const bytes = await file.arrayBuffer();
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      return { name: name.replace(/\.txt$/i, ".cnn"), text: text.replace(/\r\n?/g, "\n"), notes: [] };
    } catch {
      throw new Error(`${name} cannot be opened: it is not text in UTF-8.`);
    }
  }
  refuseLarger(file, LARGEST_MODEL);
  return engine.ask("importModel", { name, bytes: new Uint8Array(await file.arrayBuffer()) });
}

function refuseLarger(file: File, most: number): void {
  if (file.size > most) {
    throw new Error(`${file.name} has ${count(Math.ceil(file.size / 1e6), "megabyte")}: here files of up to ${most / 1e6} can be opened.`);
  }
}

// Calls `opened` with a file that is dropped anywhere on the page.
export function watchDrops(place: HTMLElement, opened: (file: File) => void): void {
  const carries = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const enter = (by: number) => {
    depth = Math.max(0, depth + by);
    place.hidden = depth === 0;
  };
  addEventListener("dragenter", (event) => carries(event) && enter(1));
  addEventListener("dragleave", (event) => carries(event) && enter(-1));
  addEventListener("dragover", (event) => {
    if (carries(event)) {
      event.preventDefault();
    }
  });
  addEventListener("drop", (event) => {
    if (carries(event)) {
      event.preventDefault();
      event.stopPropagation();
      enter(-depth);
      const file = event.dataTransfer?.files[0];
      if (file) {
        opened(file);
      }
    }
  }, { capture: true });
}

export function download(name: string, text: string, type = "text/plain"): void {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
