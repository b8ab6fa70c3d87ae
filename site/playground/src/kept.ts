// What the browser keeps for its user between visits, where it is allowed to: texts that were edited, and how the page is set.

export interface Kept {
  name: string;
  text: string;
}

const PREFIX = "cnnspec.playground.";
const MOST = 8; // texts

function read<T>(key: string, otherwise: T): T {
  try {
    const kept = localStorage.getItem(PREFIX + key);
    return kept === null ? otherwise : (JSON.parse(kept) as T);
  } catch {
    return otherwise; // keeping is not allowed, or what is kept is not ours
  }
}

function write(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function setting(key: "theme" | "split"): string {
  return String(read<unknown>(key, ""));
}

export function set(key: "theme" | "split", value: string): void {
  write(key, value);
}

// ---- texts -----------------------------------------------------------------------------------------------------
function isKept(one: unknown): one is Kept {
  const { name, text } = (one ?? {}) as Partial<Kept>;
  return typeof name === "string" && typeof text === "string";
}

// The user's texts, the last edited first. A text that came from elsewhere is among them from its first edit on, and puts none out of
// its place before.
export class Texts {
  private current: Kept | null = null; // which of them is being edited

  all(): Kept[] {
    const kept = read<unknown>("texts", []);
    return Array.isArray(kept) ? kept.filter(isKept) : [];
  }

  // A text of the user's own is edited from now on; null: one from elsewhere.
  open(text: Kept | null): void {
    this.current = text;
  }

  // Keeps the text as it is now; whether that was possible.
  keep(text: Kept): boolean {
    const others = this.all().filter((one) => !same(one, this.current) && !same(one, text));
    this.current = text;
    for (let most = MOST; most > 0; most--) {
      if (write("texts", [text, ...others].slice(0, most))) {
        return true;
      }
    }
    return false;
  }
}

function same(one: Kept, other: Kept | null): boolean {
  return one.name === other?.name && one.text === other.text;
}
