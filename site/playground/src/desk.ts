// The text on the desk: where it came from, where it is kept, and the ways out of the page: saving, sharing, downloading.

import type { EditorView } from "@codemirror/view";
import { replaceAll } from "./editor/edits";
import type { ServedFile } from "./engine/types";
import { download, openFile } from "./files";
import { type Kept, Texts } from "./kept";
import type { Session } from "./session";
import { LinkError, readFragment, type Shared, writeFragment } from "./share";
import { find, sentenceOf } from "./ui/dom";
import type { Notices } from "./ui/notices";

export class Desk {
  readonly texts = new Texts();
  private served: ServedFile | null = null;
  private saved = ""; // the served file's text as it was read or written last
  private putting = false; // whether the text is being changed by the desk, not by the user
  private touched = false; // whether the user has changed the text since it was put there

  constructor(private readonly session: Session, private readonly view: EditorView, private readonly notices: Notices) {
    find("save").addEventListener("click", () => void this.save());
    find("share").addEventListener("click", () => void this.share());
    find("name").title = "The name under which the text is downloaded";
    addEventListener("hashchange", () => void this.followLink());
    addEventListener("pagehide", () => this.keep());
    addEventListener("beforeunload", (event) => {
      if (this.served?.writes && this.text !== this.saved) {
        event.preventDefault();
      }
    });
  }

  private get text(): string {
    return this.session.text;
  }

  // ---- what comes onto the desk ----------------------------------------------------------------------------------
  // Begins with the served file, the text of the link, the user's last text or an example; the tab that a link asks for, or "".
  async begin(served: ServedFile | null, example: Kept): Promise<string> {
    if (served) {
      this.served = served;
      this.saved = served.text;
      find("save").hidden = !served.writes;
      this.put(served, false);
      this.showSaved();
      return "";
    }
    const shared = await this.readLink();
    const [own] = this.texts.all();
    if (shared) {
      this.put(shared, false);
      if (own && own.text !== shared.text) {
        this.notices.say("This text came with the link. Yours is kept.", { words: "Back to mine", act: () => this.put(own, true) });
      }
      return shared.view;
    }
    this.put(own ?? example, own !== undefined);
    return "";
  }

  // Puts a text in the place of the one that is there; `own`: the user's, which is kept already.
  put({ name, text }: Kept, own: boolean): void {
    this.keep();
    this.texts.open(own ? { name, text } : null);
    this.putting = true;
    this.session.name = name;
    this.session.model = "";
    replaceAll(this.view, text);
    this.putting = this.touched = false;
    find("name").textContent = name;
    document.title = `${name} · cnnspec playground`;
    if (!text) {
      this.session.edited();
    }
  }

  async open(file: File): Promise<void> {
    this.notices.say(`Reading ${file.name} …`);
    try {
      const opened = await openFile(file, this.session.engine);
      if (opened) {
        this.put(opened, false);
        this.notices.say([`This is ${file.name}.`, ...opened.notes].join(" "));
      }
    } catch (error) {
      this.notices.warn(sentenceOf(error));
    }
  }

  private async followLink(): Promise<void> {
    const shared = await this.readLink();
    if (shared) {
      this.put(shared, false);
    }
  }

  private async readLink(): Promise<Shared | null> {
    try {
      return await readFragment(location.hash);
    } catch (error) {
      this.notices.warn(sentenceOf(error));
      return null;
    }
  }

  // ---- what happens to it ----------------------------------------------------------------------------------------
  // To be called at every change of the text.
  edited(): void {
    if (!this.putting) {
      this.touched = true;
      if (location.hash.includes("spec=")) {
        history.replaceState(null, "", location.pathname + location.search); // it is no longer the link's
      }
    }
    this.showSaved();
  }

  // Keeps the text, where the user has changed it.
  keep(): void {
    if (this.touched && !this.served) {
      this.texts.keep({ name: this.session.name, text: this.text });
      this.touched = false;
    }
  }

  // Saves the served file, or downloads the text where there is none.
  async save(overwrite = false): Promise<void> {
    const { served, text } = this;
    if (!served?.writes) {
      this.download();
      return;
    }
    try {
      const done = await served.save(text, overwrite);
      if (done.saved) {
        this.saved = text;
        this.showSaved();
        this.notices.say(`${served.name} is saved.`);
      } else {
        await this.resolve(served, done.conflict);
      }
    } catch (error) {
      this.notices.warn(sentenceOf(error));
    }
  }

  private async resolve(served: ServedFile, theirs: string): Promise<void> {
    const dialog = find<HTMLDialogElement>("conflict");
    find("conflict-words").textContent =
      `${served.name} was changed on the disk after it was opened here. Saving would write over that change.`;
    dialog.returnValue = "keep";
    dialog.showModal();
    await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
    if (dialog.returnValue === "overwrite") {
      await this.save(true);
    } else if (dialog.returnValue === "theirs") {
      this.saved = theirs;
      this.put({ name: served.name, text: theirs }, false);
      this.notices.say("This is the file's text. Undo brings yours back.");
    }
  }

  private showSaved(): void {
    if (this.served?.writes) {
      const saved = this.text === this.saved;
      find("save").textContent = saved ? "Saved" : "Save";
      find("save").setAttribute("aria-disabled", String(saved));
    }
  }

  // ---- the ways out ----------------------------------------------------------------------------------------------
  download(): void {
    download(this.session.name, this.text);
  }

  async share(): Promise<void> {
    try {
      const view = document.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.dataset["tab"] ?? "";
      const fragment = await writeFragment({ name: this.session.name, text: this.text, view: view === "text" ? "" : view });
      const link = location.href.split("#")[0] + fragment;
      const here = { "file:": " It opens where this page lies at the same place.", "http:": isHere() ? " It opens on this computer." : "" }[location.protocol] ?? "";
      await copy(link).then(
        () => this.notices.say(`A link to this text is in the clipboard.${here}`),
        () => this.showLink(link),
      );
    } catch (error) {
      if (!(error instanceof LinkError)) {
        throw error;
      }
      this.notices.warn(error.message, { words: "Download the text", act: () => this.download() });
    }
  }

  private showLink(link: string): void {
    const words = find<HTMLInputElement>("link-words");
    words.value = link;
    find<HTMLDialogElement>("link").showModal();
    words.select();
  }
}

// Rejects where the clipboard is closed, or where there is none.
async function copy(words: string): Promise<void> {
  await navigator.clipboard.writeText(words);
}

function isHere(): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
}
