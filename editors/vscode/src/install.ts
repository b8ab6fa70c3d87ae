/** What is offered where no server is found, and installing one. */
import * as path from "node:path";
import * as vscode from "vscode";
import { type Command, NEUTRAL, runInTerminal, written } from "./commands";
import { hasPythonExtension } from "./python";
import { pythonOf, type Remedy } from "./search";
import { setting } from "./workspace";

const TITLE = "Install cnnspec";

/** Tell what is missing, with what helps as buttons. */
export async function offerInstall(sentence: string, remedy: Remedy | undefined): Promise<void> {
  const offers = new Map<string, () => unknown>();
  if (remedy !== undefined) {
    offers.set("Install", () => vscode.commands.executeCommand("cnnspec.installServer"));
  }
  offers.set("Choose Python", choosePython);
  if (!vscode.workspace.isTrusted) {
    offers.set("Workspace Trust", () => vscode.commands.executeCommand("workbench.trust.manage"));
  }
  const chosen = await vscode.window.showErrorMessage(sentence + told(sentence, remedy), ...offers.keys());
  await offers.get(chosen ?? "")?.();
}

/** What to do, where the sentence does not say it yet. */
function told(sentence: string, remedy: Remedy | undefined): string {
  if (remedy === undefined) {
    return " It needs Python 3.11 or later.";
  }
  return "line" in remedy || sentence.includes("pip install") ? "" : ` To install it: ${written(remedy.command)}`;
}

/** Install the server, before the user's eyes; whether that went well. A line for a shell is typed, and the user enters it. */
export async function install(remedy: Remedy | undefined): Promise<boolean> {
  if (remedy === undefined) {
    await choosePython();
    return false;
  }
  if ("line" in remedy) {
    const terminal = vscode.window.createTerminal(TITLE);
    terminal.show();
    terminal.sendText(remedy.line, false);
    return false;
  }
  return (await runInTerminal(TITLE, remedy.command, NEUTRAL)) === 0 || installApart(remedy.command);
}

/** After pip has failed, as where the system manages a Python: offer a virtual environment in the workspace. */
async function installApart([python, ...args]: Command): Promise<boolean> {
  const folder = vscode.workspace.isTrusted && setting("python") === "" ? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath : undefined;
  const make = "Make .venv";
  const sentence = `cnnspec could not be installed into ${python}: the terminal says why.`;
  const offers = folder === undefined ? ["Choose Python"] : [make, "Choose Python"];
  const chosen = await vscode.window.showErrorMessage(`${sentence} A virtual environment takes it.`, ...offers);
  if (folder === undefined || chosen !== make) {
    await (chosen && choosePython());
    return false;
  }
  const home = path.join(folder, ".venv");
  if ((await runInTerminal("Make .venv", [python, "-m", "venv", home], folder)) !== 0) {
    return false;
  }
  const inner = await pythonOf(home);
  return inner !== undefined && (await runInTerminal(TITLE, [inner, ...args], NEUTRAL)) === 0;
}

async function choosePython(): Promise<void> {
  await (hasPythonExtension()
    ? vscode.commands.executeCommand("python.setInterpreter")
    : vscode.commands.executeCommand("workbench.action.openSettings", "cnnspec.python"));
}
