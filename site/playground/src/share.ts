// A text in a link, without a server: #spec=TEXT&name=NAME&view=TAB, where TEXT is deflated (raw) and in base64url without padding.

export interface Shared {
  name: string;
  text: string;
  view: string; // "" for the first
}

// A link that cannot be written or read, in a sentence.
export class LinkError extends Error {}

const LONGEST = 30_000; // characters of a fragment: what is longer is cut off by many programs that pass links on
const LARGEST = 1_000_000; // bytes of a text: a link of few characters may deflate to gigabytes
const BROKEN = "This link is broken: a part of it is missing or was changed on its way, so its text cannot be read.";

// The fragment of a text. Raises LinkError where it would be too long.
export async function writeFragment({ name, text, view }: Shared): Promise<string> {
  const packed = await collect(pass(new TextEncoder().encode(text), new CompressionStream("deflate-raw")));
  const binary = Array.from(packed, (byte) => String.fromCharCode(byte)).join("");
  const spec = btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const fragment = `#${new URLSearchParams({ spec, name, ...(view ? { view } : {}) })}`;
  if (fragment.length > LONGEST) {
    const length = fragment.length.toLocaleString("en");
    throw new LinkError(
      `This text is too long for a link: it would have ${length} characters, and many programs cut links off at fewer. Download the text and send the file.`,
    );
  }
  return fragment;
}

// The text of a fragment; null where it has none. Raises LinkError where it is broken.
export async function readFragment(fragment: string): Promise<Shared | null> {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const spec = parts.get("spec");
  if (spec === null) {
    return null;
  }
  try {
    const packed = Uint8Array.from(atob(spec.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    const bytes = await collect(pass(packed, new DecompressionStream("deflate-raw")));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { name: cleanName(parts.get("name") ?? ""), text, view: parts.get("view") ?? "" };
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError(BROKEN);
  }
}

// A name of a file, and of no folder.
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const clean = last.replace(/[\p{C}<>:"|?*]/gu, "").slice(0, 100).trim();
  return /[^.]/.test(clean) ? clean : "net.cnn";
}

function pass(bytes: Uint8Array<ArrayBuffer>, through: CompressionStream | DecompressionStream): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(through);
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    parts.push(value);
    length += value.length;
    if (length > LARGEST) {
      await reader.cancel();
      throw new LinkError("The text of this link is longer than a megabyte: it is not opened.");
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
