/** The settings, and the folders of the workspace. */
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

interface Settings {
  readonly inlayHints: string;
  readonly codeLens: boolean;
  readonly checkPython: boolean;
  readonly python: string;
  readonly server: readonly string[];
  readonly installFrom: string;
}

/** A setting; paths are written out. Of a workspace that is not trusted, VS Code itself leaves out what names programs. */
export function setting<Name extends keyof Settings>(name: Name): Settings[Name] {
  const value = vscode.workspace.getConfiguration("cnnspec").get(name) as Settings[Name];
  return (name === "python" ? expand(value as string) : name === "server" ? (value as string[]).map(expand) : value) as Settings[Name];
}

/** A path without `~` and `${workspaceFolder}`. */
function expand(text: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return text.trim().replace(/^~(?=$|[/\\])/, () => homedir()).replaceAll("${workspaceFolder}", () => folder);
}

/** Whether a file lies in the workspace, as it is named or as it is reached through links. */
export async function isWithin(file: string): Promise<boolean> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const places = [path.dirname(file), await real(path.dirname(file)), await real(file)];
  const roots = [...folders, ...(await Promise.all(folders.map(real)))];
  return places.some((place) => roots.some((root) => contains(root, place)));
}

function contains(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way === "" || !(way === ".." || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
}

async function real(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}

/** The folder in which a command about a file runs: its workspace folder, else its own. */
export function folderOf(file: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? path.dirname(file.fsPath);
}
