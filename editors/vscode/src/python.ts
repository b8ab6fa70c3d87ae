/** The Python extension's interpreter, where that extension is installed. */
import * as vscode from "vscode";

/** The part of ms-python.python's interface that is used here. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

async function pythonApi(): Promise<PythonApi | undefined> {
  try {
    return await vscode.extensions.getExtension<PythonApi>("ms-python.python")?.activate();
  } catch {
    return undefined; // it has failed, and says so itself
  }
}

/** The interpreter that the user has chosen for the first folder of the workspace. */
export async function activePython(): Promise<string | undefined> {
  const api = await pythonApi();
  try {
    const chosen = api?.environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
    const resolved = chosen && (await api?.environments.resolveEnvironment(chosen));
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}

/** Call back whenever the user chooses another interpreter. */
export async function watchActivePython(changed: () => void): Promise<vscode.Disposable | undefined> {
  let known = await activePython();
  return (await pythonApi())?.environments.onDidChangeActiveEnvironmentPath(async () => {
    const now = await activePython();
    if (now !== known) {
      known = now;
      changed();
    }
  });
}

export function hasPythonExtension(): boolean {
  return vscode.extensions.getExtension("ms-python.python") !== undefined;
}
