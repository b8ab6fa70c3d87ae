/** Which cnnspec serves this window: the one of the settings, else the first that is found where Python environments lie. */
import * as path from "node:path";
import * as vscode from "vscode";
import { ask, type Command, isProgram, which, written } from "./commands";
import { activePython } from "./python";
import { isWithin, setting } from "./workspace";

/** How what is missing is installed: a command, or a line for the user's own shell. */
export type Remedy = { readonly command: Command } | { readonly line: string };

/** A cnnspec that can serve; or a sentence about what is missing, and what helps. */
export type Found = { readonly command: Command } | { readonly missing: string; readonly remedy: Remedy | undefined };

/** A way to call cnnspec; `python` where it is a Python's module. */
interface Candidate {
  readonly command: Command;
  readonly python?: string;
}

const WINDOWS = process.platform === "win32";

/** The cnnspec that serves: the first that can; else what the first that is there lacks. */
export async function findServer(log: (line: string) => void): Promise<Found> {
  const chosen = chosenCandidate();
  let lacking: Found | undefined;
  let bare: string | undefined; // a Python without cnnspec
  let last = "";
  for await (const candidate of chosen ? [chosen] : candidates()) {
    const fault = await findFault(candidate);
    const called = written(candidate.command);
    log(`${called}: ${fault?.sentence ?? "this one serves"}`);
    if (fault === undefined) {
      return { command: candidate.command };
    }
    last = fault.sentence;
    if (fault.kind === "lacking") {
      lacking ??= { missing: `${called} cannot serve: ${last}`, remedy: remedyFor(last, candidate.python) };
    } else if (fault.kind === "absent") {
      bare ??= candidate.python;
    }
  }
  if (lacking !== undefined) {
    return lacking;
  }
  const where = vscode.workspace.isTrusted ? "" : " outside of this workspace, which is not trusted";
  const missing = chosen
    ? `The settings name ${written(chosen.command)}, which cannot serve: ${last}.`
    : `The language server of cnnspec is not installed in any Python that was found${where}.`;
  const remedy: Remedy | undefined = bare === undefined ? undefined : { command: [...pip(bare), setting("installFrom")] };
  return { missing, remedy };
}

/** What helps a cnnspec that says itself how to install what it lacks. */
function remedyFor(sentence: string, python: string | undefined): Remedy | undefined {
  const line = /needs it: (.+)$/.exec(sentence)?.[1];
  const [, editable, from] = /(?<!uv )pip install (-e )?"([^"]+)"$/.exec(line ?? "") ?? [];
  if (python !== undefined && from !== undefined) {
    return { command: [...pip(python), ...(editable ? ["-e"] : []), from] };
  }
  return line === undefined ? undefined : { line };
}

function pip(python: string): Command {
  return [python, "-m", "pip", "install"];
}

/** What the settings name. */
function chosenCandidate(): Candidate | undefined {
  const [program, ...args] = setting("server");
  if (program !== undefined && program !== "") {
    return { command: [program, ...args] };
  }
  const python = setting("python");
  return python === "" ? undefined : ofPython(python);
}

function ofPython(python: string): Candidate {
  return { command: [python, "-m", "cnnspec"], python };
}

/** Where cnnspec is looked for; until a workspace is trusted, nothing that lies in it. */
async function* candidates(): AsyncGenerator<Candidate> {
  const seen = new Set<string>();
  for await (const candidate of places()) {
    const program = candidate.command[0];
    if (!seen.has(program) && (vscode.workspace.isTrusted || !(await isWithin(program)))) {
      seen.add(program);
      yield candidate;
    }
  }
}

async function* places(): AsyncGenerator<Candidate> {
  const active = await activePython();
  if (active !== undefined) {
    yield ofPython(active);
  }
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const environments = folders.flatMap((folder) => [path.join(folder, ".venv"), path.join(folder, "venv")]);
  for (const home of [...environments, process.env["VIRTUAL_ENV"], process.env["CONDA_PREFIX"]]) {
    const python = home === undefined ? undefined : await pythonOf(home);
    if (python !== undefined) {
      yield ofPython(python);
    }
  }
  const script = await which("cnnspec");
  if (script !== undefined) {
    yield { command: [script] };
  }
  for (const name of WINDOWS ? ["py", "python"] : ["python3", "python"]) {
    const python = await which(name);
    if (python !== undefined) {
      yield ofPython(python);
    }
  }
}

/** The interpreter of an environment's folder. */
export async function pythonOf(home: string): Promise<string | undefined> {
  const inside = WINDOWS ? [["Scripts", "python.exe"], ["python.exe"]] : [["bin", "python"]];
  for (const parts of inside) {
    const file = path.join(home, ...parts);
    if (await isProgram(file)) {
      return file;
    }
  }
  return undefined;
}

/** Why a candidate cannot serve: it is no program, or has no cnnspec, or one that lacks a part. */
interface Fault {
  readonly sentence: string;
  readonly kind: "broken" | "absent" | "lacking";
}

/** What is wrong with a candidate. A server that nobody speaks to ends at once with status 1, without a word. */
async function findFault({ command }: Candidate): Promise<Fault | undefined> {
  const { code, said } = await ask([...command, "server"]);
  if (code === 1 && said === "") {
    return undefined;
  }
  const last = said.split("\n").at(-1) ?? "";
  if (typeof code === "string") {
    return { sentence: `it cannot be run (${code})`, kind: "broken" };
  }
  if (/No module named '?cnnspec'?$/m.test(said)) {
    return { sentence: last.replace(/^.*?(?=No module named)/, ""), kind: "absent" };
  }
  const sentence = (code === 2 ? said : last).replace(/^cnnspec: /, "") || `it ended with status ${code}`;
  return { sentence, kind: /cnnspec/.test(said) ? "lacking" : "broken" };
}
