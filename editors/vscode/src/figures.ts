/** What the server's commands answer with, as read-only documents beside the text; they follow its changes. */
import * as vscode from "vscode";

export interface Figures {
  readonly title: string;
  readonly text: string;
}

/** What a document shows: a command and its arguments, the first of which is the file's URI. */
interface Question {
  readonly command: string;
  readonly args: readonly unknown[];
}

export type Ask = (command: string, args: readonly unknown[]) => Promise<unknown>;

const SCHEME = "cnnspec";
const REST = 400; // milliseconds after an edit

export function isFigures(value: unknown): value is Figures {
  return typeof value === "object" && value !== null && "title" in value && "text" in value;
}

export class FiguresProvider implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly shown = new Map<string, Question>();
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  private readonly parts: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly ask: Ask) {
    this.parts = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument((event) => this.follow(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.shown.delete(document.uri.toString())),
      this.changed,
    ];
  }

  /** Ask, and show the answer beside the text. */
  async show(command: string, args: readonly unknown[], { title }: Figures): Promise<void> {
    const name = title.replaceAll("/", " ").replace(/\.ipynb$/, ""); // what is called so is offered as a notebook
    const path = `/cnnspec-figures/${name}`; // which makes its language
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify({ command, args }) });
    const known = this.shown.has(uri.toString());
    this.shown.set(uri.toString(), { command, args });
    if (known) {
      this.changed.fire(uri);
    }
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { command, args } = this.shown.get(uri.toString()) ?? (JSON.parse(uri.query) as Question);
    this.shown.set(uri.toString(), { command, args });
    try {
      const answer = await this.ask(command, args);
      return isFigures(answer) ? answer.text : "There is nothing to show.";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** After an edit of a text, ask anew for what is shown of it, of a cell that of all of its notebook; a place in it moves with the text. */
  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    for (const [key, question] of this.shown) {
      const about = String(question.args[0]);
      if (about === document.uri.toString()) {
        this.shown.set(key, { ...question, args: question.args.map((arg) => contentChanges.reduce(moved, arg)) });
      }
      if (fileOf(vscode.Uri.parse(about)) === fileOf(document.uri)) {
        clearTimeout(this.waiting.get(key));
        this.waiting.set(key, setTimeout(() => this.changed.fire(vscode.Uri.parse(key)), REST));
      }
    }
  }

  dispose(): void {
    this.waiting.forEach(clearTimeout);
    vscode.Disposable.from(...this.parts).dispose();
  }
}

/** The file of a text: of all cells of a notebook the same. */
function fileOf(uri: vscode.Uri): string {
  return uri.with({ fragment: "" }).toString();
}

/** Where a place lies after a change before it; anything else stays as it is. */
function moved(arg: unknown, { range, text }: vscode.TextDocumentContentChangeEvent): unknown {
  if (!isPlace(arg) || range.end.isAfter(new vscode.Position(arg.line, arg.character))) {
    return arg;
  }
  const lines = text.split("\n");
  const last = lines.at(-1)?.length ?? 0;
  const start = lines.length > 1 ? 0 : range.start.character;
  return {
    line: arg.line + range.start.line + lines.length - 1 - range.end.line,
    character: arg.line === range.end.line ? start + last + arg.character - range.end.character : arg.character,
  };
}

function isPlace(arg: unknown): arg is { line: number; character: number } {
  return typeof arg === "object" && arg !== null && "line" in arg && "character" in arg;
}
