/** The language server of this window: found, started, stopped, and asked. */
import * as vscode from "vscode";
import { DidChangeConfigurationNotification, ExecuteCommandRequest, LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { type Command, environment, NEUTRAL } from "./commands";
import { PythonFiles } from "./pythonFiles";
import { findServer, type Remedy } from "./search";
import type { Status } from "./status";
import { setting } from "./workspace";

/** What to do with a command of the server that the user has chosen in the text. */
export type Act = (command: string, args: readonly unknown[]) => Promise<void>;

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private python: PythonFiles | undefined;
  private turn: Promise<void> = Promise.resolve();
  /** How cnnspec is called; undefined while none is found. */
  command: Command | undefined;
  /** What helps where none is found. */
  remedy: Remedy | undefined;

  constructor(
    private readonly output: vscode.LogOutputChannel,
    private readonly status: Status,
    private readonly act: Act,
    private readonly tell: (sentence: string, remedy: Remedy | undefined) => void,
  ) {}

  /** Start, or start anew; each call waits for the ones before. */
  start(): Promise<void> {
    return this.inTurn(async () => {
      await this.end();
      this.status.show("cnnspec", "looking for the server", "busy");
      const found = await findServer((line) => this.output.info(line));
      if ("missing" in found) {
        this.remedy = found.remedy;
        this.status.show("cnnspec is missing", "", "missing");
        this.output.error(found.missing);
        this.tell(found.missing, found.remedy);
        return;
      }
      this.command = found.command;
      this.client = this.newClient(found.command);
      this.python = new PythonFiles(this.client);
      await this.client.start().catch((error: unknown) => this.output.error(String(error)));
      this.python.check();
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  /** Tell the server its settings, where these have changed. */
  async tellSettings(): Promise<void> {
    await this.turn;
    if (this.client?.isRunning()) {
      await this.client.sendNotification(DidChangeConfigurationNotification.type, { settings: { cnnspec: told() } });
    }
  }

  /** Begin to check Python files and notebooks or end it, as the setting says; nothing while no server runs. */
  async checkPython(): Promise<void> {
    this.status.stand();
    await this.tellSettings();
    this.python?.check();
  }

  /** The answer to a command. Throws an Error with a sentence where there is no server, or it refuses. */
  async ask(command: string, args: readonly unknown[]): Promise<unknown> {
    await this.turn;
    if (this.client === undefined || !this.client.isRunning()) {
      throw new Error("The language server of cnnspec does not run.");
    }
    return this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [...args] });
  }

  private inTurn(what: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(what).catch((error: unknown) => this.output.error(String(error)));
    return this.turn;
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = this.python = this.command = undefined;
    await client?.dispose().catch(() => undefined); // one that has ended by itself
  }

  private newClient([program, ...args]: Command): LanguageClient {
    const options = { cwd: NEUTRAL, env: environment() };
    const server = { command: program, args: [...args, "server"], transport: TransportKind.stdio, options };
    const client = new LanguageClient("cnnspec", "cnnspec", server, {
      documentSelector: [{ language: "cnnspec" }],
      outputChannel: this.output,
      initializationOptions: () => ({ ...told(), showsResults: true }),
      middleware: { executeCommand: (command, values) => this.act(command, values) },
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) {
        this.status.show("cnnspec", "starting", "busy");
      } else if (newState === State.Running) {
        const version = client.initializeResult?.serverInfo?.version ?? "";
        this.status.show(`cnnspec ${version}`.trim(), program, "running");
      } else {
        this.status.show("cnnspec has stopped", "the output says why", "stopped");
      }
      void vscode.commands.executeCommand("setContext", "cnnspec.running", newState === State.Running);
    });
    return client;
  }

  dispose(): void {
    void this.stop();
  }
}

/** The settings that the server knows: what is shown in the text, and whether it asks for notebooks. */
function told(): { readonly inlayHints: string; readonly codeLens: boolean; readonly checkPython: boolean } {
  return { inlayHints: setting("inlayHints"), codeLens: setting("codeLens"), checkPython: setting("checkPython") };
}
