// The page: its parts, and what connects them.

import { Desk } from "./desk";
import { Commands } from "./editor/actions";
import { makeEditor } from "./editor/editor";
import { startEngine } from "./engine/engine";
import { findServedFile } from "./engine/served";
import { FIRST, makeExamples } from "./examples";
import { download, watchDrops } from "./files";
import { Panes } from "./panes";
import { Session } from "./session";
import { showStatus } from "./status";
import { asSentence, find, rested, sentenceOf } from "./ui/dom";
import { Notices } from "./ui/notices";
import { makePopover } from "./ui/popover";
import { makeSplit } from "./ui/split";
import { Tabs } from "./ui/tabs";
import { makeTheme } from "./ui/theme";

const KEEP = 400; // milliseconds after an edit
const FIRST_TAB = "summary";

makeTheme();
makeSplit();
const engine = startEngine();
const session = new Session(engine);
const notices = new Notices();
const commands = new Commands(session, (sentence) => notices.say(sentence));
const keepSoon = rested(KEEP, () => desk.keep());
const view = makeEditor(session, commands, {
  parent: find("editor"),
  described: "keyboard",
  edited: () => {
    desk.edited();
    session.edited();
    keepSoon();
  },
  moved: () => panes.moved(),
});
const panes = new Panes(session, view);
const desk = new Desk(session, view, notices);
showStatus(session, engine, notices);
makeExamples(desk, () => matchMedia("(pointer: fine)").matches && view.focus());

// ---- tabs: on a narrow page the text is one of them --------------------------------------------------------------
const narrow = matchMedia("(max-width: 720px)");
const side = find("text-side");
const tabs = new Tabs(find("tabs"), (name) => {
  find("main").dataset["shows"] = name === "text" ? "text" : "answers";
  panes.show(name);
});
function fitTabs(): void {
  side.setAttribute("role", narrow.matches ? "tabpanel" : "region");
  const chosen = document.querySelector("[role=tab][aria-selected=true]")?.id;
  if (narrow.matches ? chosen === undefined : chosen === "tab-text" || chosen === undefined) {
    tabs.choose(narrow.matches ? "text" : FIRST_TAB);
  }
}
narrow.addEventListener("change", fitTabs);
find("counts").addEventListener("click", () => tabs.choose("findings"));
find<HTMLSelectElement>("model").addEventListener("change", (event) => {
  session.model = (event.target as HTMLSelectElement).value;
  session.refresh();
});

// ---- buttons -----------------------------------------------------------------------------------------------------
find("format").addEventListener("click", () => void commands.format(view));
find("fix-all").addEventListener("click", () => void commands.fixAll(view));
find("open").addEventListener("click", () => find("picker").click());
find<HTMLInputElement>("picker").addEventListener("change", (event) => {
  const picker = event.target as HTMLInputElement;
  const file = picker.files?.[0];
  if (file) {
    void desk.open(file);
  }
  picker.value = "";
});
watchDrops(find("drop"), (file) => void desk.open(file));
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    void desk.save();
  }
});
find("help").addEventListener("click", async () => {
  find<HTMLDialogElement>("keys").showModal();
  const about = await engine.ask("about", {}).catch(() => null);
  find("about").textContent = about ? `This is cnnspec ${about.version} on Python ${about.python}.` : "";
});

// ---- downloads ---------------------------------------------------------------------------------------------------
const stem = () => session.name.replace(/\.\w+$/, "");
async function orWarn(act: () => Promise<void>): Promise<void> {
  await act().catch((error: unknown) => notices.warn(sentenceOf(error)));
}
async function downloadProgram(target: "keras" | "torch"): Promise<void> {
  const program = await session.ask("toPython", { target, ...(session.model ? { model: session.model } : {}) });
  if (program !== null) {
    download(`${stem()}.py`, program, "text/x-python");
  }
}
async function downloadPicture(): Promise<void> {
  const answer = await session.ask("view", { view: "picture", ...(session.model ? { model: session.model } : {}) }, "download");
  if (answer && "sentence" in answer) {
    notices.warn(asSentence(answer.sentence));
  } else if (answer) {
    download(`${stem()}.svg`, answer.html, "image/svg+xml");
  }
}
makePopover("downloads");
find("get-cnn").addEventListener("click", () => desk.download());
find("get-keras").addEventListener("click", () => void orWarn(() => downloadProgram("keras")));
find("get-torch").addEventListener("click", () => void orWarn(() => downloadProgram("torch")));
find("get-svg").addEventListener("click", () => void orWarn(downloadPicture));

// ---- the first text ----------------------------------------------------------------------------------------------
async function begin(): Promise<void> {
  const served = await findServedFile().catch((error: unknown) => (notices.warn(sentenceOf(error)), null));
  const asked = await desk.begin(served, FIRST);
  if (tabs.names.includes(asked)) {
    tabs.choose(asked);
  }
  fitTabs();
}
void begin();
