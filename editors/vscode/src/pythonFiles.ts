/** Python files and notebooks that build Keras models, checked where the setting says so: what of the server is asked about them. */
import * as vscode from "vscode";
import {
  CodeActionRequest,
  CodeLensRequest,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  type DynamicFeature,
  HoverRequest,
  InlayHintRequest,
  type LanguageClient,
  TextDocumentSyncKind,
} from "vscode-languageclient/node";
import { setting } from "./workspace";

const FILES = ["file", "untitled"].map((scheme) => ({ language: "python", scheme }));
const CELLS = { language: "python", notebookType: "jupyter-notebook" };

/** Whether a text is one that the server knows of: a network, or a Python file or cell where these are checked. */
export function isServed(document: vscode.TextDocument): boolean {
  return document.languageId === "cnnspec" || (setting("checkPython") && vscode.languages.match([...FILES, CELLS], document) > 0);
}

/**
 * What a server is asked about Python files and the cells of notebooks. The rest of what it can is never offered there: formatting them
 * is not its business. The texts of files are sent from here; those of cells the server asks for itself.
 */
export class PythonFiles {
  private registered = false;

  constructor(private readonly client: LanguageClient) {}

  /** Begin or end, as the setting says; of files that are open already, too. */
  check(): void {
    const wanted = setting("checkPython");
    if (wanted === this.registered || !this.client.isRunning()) {
      return;
    }
    this.registered = wanted;
    for (const feature of this.texts()) {
      turn(feature, wanted, { documentSelector: FILES, syncKind: TextDocumentSyncKind.Incremental });
    }
    for (const feature of this.questions()) {
      turn(feature, wanted, { documentSelector: [...FILES, { language: CELLS.language, notebook: CELLS.notebookType }] });
    }
  }

  private texts(): DynamicFeature<object>[] {
    return [
      this.client.getFeature(DidOpenTextDocumentNotification.method),
      this.client.getFeature(DidChangeTextDocumentNotification.method),
      this.client.getFeature(DidSaveTextDocumentNotification.method),
      this.client.getFeature(DidCloseTextDocumentNotification.method),
    ];
  }

  private questions(): DynamicFeature<object>[] {
    return [
      this.client.getFeature(CodeActionRequest.method),
      this.client.getFeature(CodeLensRequest.method),
      this.client.getFeature(HoverRequest.method),
      this.client.getFeature(InlayHintRequest.method),
    ];
  }
}

/** Turn a feature on or off. */
function turn(feature: DynamicFeature<object>, on: boolean, registerOptions: object): void {
  const id = `python ${feature.registrationType.method}`;
  if (on) {
    feature.register({ id, registerOptions });
  } else {
    feature.unregister(id);
  }
}
