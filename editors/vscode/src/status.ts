/** The server's state among the language's states, at the status bar's braces. */
import * as vscode from "vscode";
import { setting } from "./workspace";

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("cnnspec.server", { language: "cnnspec" });

  constructor() {
    this.item.name = "cnnspec";
    this.stand();
  }

  /** Stand among the states of the languages that are checked. */
  stand(): void {
    this.item.selector = ["cnnspec", ...(setting("checkPython") ? ["python"] : [])].map((language) => ({ language }));
  }

  show(text: string, detail: string, kind: "busy" | "running" | "stopped" | "missing"): void {
    const { Error, Information } = vscode.LanguageStatusSeverity;
    this.item.text = text;
    this.item.detail = detail;
    this.item.busy = kind === "busy";
    this.item.severity = kind === "stopped" || kind === "missing" ? Error : Information;
    this.item.command = {
      busy: { command: "cnnspec.showOutput", title: "Show Output" },
      running: { command: "cnnspec.showOutput", title: "Show Output" },
      stopped: { command: "cnnspec.restartServer", title: "Restart" },
      missing: { command: "cnnspec.installServer", title: "Install" },
    }[kind];
  }

  dispose(): void {
    this.item.dispose();
  }
}
