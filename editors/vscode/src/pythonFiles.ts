/** Python files that build Keras models, checked where the setting says so: what of the server is asked about them. */
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

/** Whether a text is one that the server knows of: a network, or a Python file where these are checked. */
export function isServed(document: vscode.TextDocument): boolean {
  return document.languageId === "cnnspec" || (setting("checkPython") && vscode.languages.match(FILES, document) > 0);
}

/** What a server is asked about Python files. The rest of what it can is never offered there: formatting them is not its business. */
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
    for (const feature of this.features()) {
      const id = `python ${feature.registrationType.method}`;
      if (wanted) {
        feature.register({ id, registerOptions: { documentSelector: FILES, syncKind: TextDocumentSyncKind.Incremental } });
      } else {
        feature.unregister(id);
      }
    }
  }

  private features(): DynamicFeature<object>[] {
    return [
      this.client.getFeature(DidOpenTextDocumentNotification.method),
      this.client.getFeature(DidChangeTextDocumentNotification.method),
      this.client.getFeature(DidSaveTextDocumentNotification.method),
      this.client.getFeature(DidCloseTextDocumentNotification.method),
      this.client.getFeature(CodeActionRequest.method),
      this.client.getFeature(CodeLensRequest.method),
      this.client.getFeature(HoverRequest.method),
      this.client.getFeature(InlayHintRequest.method),
    ];
  }
}
