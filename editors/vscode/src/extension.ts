/** The extension: what the user can call, and what happens by itself. */
import * as vscode from "vscode";
import { runInTerminal } from "./commands";
import { FiguresProvider, isFigures } from "./figures";
import { install, offerInstall } from "./install";
import { watchActivePython } from "./python";
import { isServed } from "./pythonFiles";
import { Server } from "./server";
import { Status } from "./status";
import { folderOf } from "./workspace";

const NEW_NETWORK = "input 28x28x1\nconv(16, 3x3, padding=same, activation=relu) -> maxpool(2x2)\nflatten -> dense(10, softmax)\n";
let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("cnnspec", { log: true });
  const status = new Status();
  const running = new Server(output, status, act, (sentence, remedy) => void offerInstall(sentence, remedy));
  const figures = new FiguresProvider((command, args) => running.ask(command, args));
  server = running;
  let started: Promise<void> | undefined;

  /** Ask the server a command, and do with the answer what it is for. */
  async function act(command: string, args: readonly unknown[]): Promise<void> {
    try {
      const answer = await running.ask(command, args);
      if (isFigures(answer)) {
        await figures.show(command, args, answer);
      } else if (isTraining(answer)) {
        await train(answer, vscode.Uri.parse(String(args[0])));
      }
    } catch (error) {
      void vscode.window.showErrorMessage(`cnnspec: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async function train({ title, command }: Training, file: vscode.Uri): Promise<void> {
    await (await vscode.workspace.openTextDocument(file)).save();
    if (running.command !== undefined) {
      await runInTerminal(title, [...running.command, ...command.slice(1)], folderOf(file));
    }
  }

  /** A command about the text before the user. */
  function about(command: string, more: (editor: vscode.TextEditor) => unknown[]): () => Promise<void> {
    return async () => {
      const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
      const editor = editors.find((shown) => shown !== undefined && isServed(shown.document));
      if (editor !== undefined) {
        await act(command, [editor.document.uri.toString(), ...more(editor)]);
      } else {
        void vscode.window.showInformationMessage("Open a network first: a file whose name ends in .cnn.");
      }
    };
  }

  /** Start the server unless it was started before. */
  function need(): Promise<void> {
    started ??= running.start();
    return started;
  }

  /** Start it with the first text that it knows of: a window in which there are other Python files alone needs none. */
  function needForTexts(): void {
    if (vscode.workspace.textDocuments.some(isServed)) {
      void need();
    }
  }

  function restart(): void {
    if (started !== undefined) {
      started = running.start();
    }
  }

  const commands: Record<string, () => unknown> = {
    "cnnspec.showSummary": about("cnnspec.summary", () => [null]),
    "cnnspec.explainLayer": about("cnnspec.explain", ({ selection: { active } }) => [{ line: active.line, character: active.character }]),
    "cnnspec.trainNetwork": about("cnnspec.train", () => []),
    "cnnspec.newFile": async () =>
      vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "cnnspec", content: NEW_NETWORK })),
    "cnnspec.restartServer": () => (started = running.start()),
    "cnnspec.showOutput": () => output.show(),
    "cnnspec.installServer": async () => {
      await need();
      if (await install(running.remedy)) {
        restart();
      }
    },
  };
  context.subscriptions.push(
    output,
    status,
    figures,
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (["cnnspec.python", "cnnspec.server"].some((name) => event.affectsConfiguration(name))) {
        restart();
      } else if (event.affectsConfiguration("cnnspec.checkPython")) {
        void running.checkPython();
        needForTexts();
      } else if (event.affectsConfiguration("cnnspec")) {
        void running.tellSettings();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidOpenTextDocument(needForTexts),
  );
  needForTexts();
  void watchActivePython(restart).then((watch) => watch && context.subscriptions.push(watch));
}

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}

interface Training {
  readonly title: string;
  readonly command: readonly string[];
}

function isTraining(value: unknown): value is Training {
  return typeof value === "object" && value !== null && "title" in value && "command" in value;
}
