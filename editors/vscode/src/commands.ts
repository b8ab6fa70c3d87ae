/** Programs and their arguments: finding them on the PATH, asking them something, and running them before the user's eyes. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

/** A program and its arguments, as no shell ever sees them. */
export type Command = readonly [string, ...string[]];

/** What a program said; `code` is its exit status, or why it could not be started, such as "ENOENT". */
export interface Answer {
  readonly code: number | string;
  readonly said: string;
}

const SECONDS = 30;

/** The environment of everything that is started: Python takes no module from the folder that it happens to run in. */
export function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONSAFEPATH: "1" };
}

/** Where programs run that are about no file: no workspace's folder, so that nothing in it is taken for a program or a module. */
export const NEUTRAL = homedir();

/** Run a program to its end, with nothing on its stdin. */
export function ask([program, ...args]: Command): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { cwd: NEUTRAL, env: environment(), timeout: SECONDS * 1000, windowsHide: true };
    const child = execFile(program, args, options, (error, _stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? `it did not end in ${SECONDS} seconds`), said: stderr.trim() }),
    );
    child.stdin?.on("error", () => undefined); // of a program that has ended before
    child.stdin?.end();
  });
}

/** Where a program lies on the PATH; relative folders of it, which depend on the place, do not count. */
export async function which(program: string): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(path.isAbsolute);
  const names = process.platform === "win32" ? [`${program}.exe`] : [program];
  for (const file of folders.flatMap((folder) => names.map((name) => path.join(folder, name)))) {
    if (await isProgram(file)) {
      return file;
    }
  }
  return undefined;
}

export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Run a program in a terminal, without a shell: what stands in a path is never read as a command. Its exit status. */
export async function runInTerminal(title: string, [program, ...args]: Command, folder: string): Promise<number | undefined> {
  const execution = new vscode.ProcessExecution(program, args, { cwd: folder, env: { PYTHONSAFEPATH: "1" } });
  const scope = vscode.workspace.workspaceFolders ? vscode.TaskScope.Workspace : vscode.TaskScope.Global;
  const task = new vscode.Task({ type: "cnnspec" }, scope, title, "cnnspec", execution, []);
  task.presentationOptions = { clear: true, focus: false, panel: vscode.TaskPanelKind.Dedicated };
  const started = await vscode.tasks.executeTask(task);
  return new Promise((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution === started) {
        listener.dispose();
        resolve(event.exitCode);
      }
    });
  });
}

/** A command as people read it. */
export function written(command: Command): string {
  return command.map((word) => (/[^\w./:=@\\+-]/.test(word) ? `"${word}"` : word)).join(" ");
}
