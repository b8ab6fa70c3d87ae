// The text under the editor, and what the engine says of it: asked at every edit, told to whoever listens.

import type { EditorView } from "@codemirror/view";
import { type Analysis, type Engine, EngineError, type Method, type Requests, type Text } from "./engine/types";
import { rested, sentenceOf } from "./ui/dom";

// The methods that are asked of a text, and what they are asked besides.
export type TextMethod = { [M in Method]: Requests[M][0] extends Text ? M : never }[Method];
type Besides<M extends TextMethod> = Omit<Requests[M][0], keyof Text>;

export interface Listener {
  // The text was changed: what is shown is of the one before.
  changed?(): void;
  // The answer for the text as it stands; twice for a text: its findings come again with better help once the user rests.
  analysed?(analysis: Analysis): void;
  // There is none, and why.
  failed?(sentence: string): void;
}

const REST = 500; // milliseconds without an edit, before repairs are tried

export class Session {
  name = "net.cnn";
  analysis: Analysis | null = null; // of the text as it stands
  model = ""; // the network that is looked at, by its name; "" for the first
  private readonly listeners: Listener[] = [];
  private view: EditorView | undefined;
  private readonly repairSoon = rested(REST, () => void this.repair());

  constructor(readonly engine: Engine) {}

  attach(view: EditorView): void {
    this.view = view;
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  get text(): string {
    return this.view?.state.doc.toString() ?? "";
  }

  // To be called when the text was changed.
  edited(): void {
    this.analysis = null;
    this.tell((listener) => listener.changed?.());
    void this.analyse();
  }

  // Asks the engine of the text as it stands; null where the answer came too late for it, or another question overtook it.
  // Rejects with an EngineError.
  async ask<M extends TextMethod>(method: M, besides: Besides<M>, slot?: string): Promise<Requests[M][1] | null> {
    const document = this.view?.state.doc;
    const question = { ...besides, name: this.name, text: this.text } as unknown as Requests[M][0];
    const answer = await this.engine.ask(method, question, slot);
    return document === this.view?.state.doc ? answer : null;
  }

  // The same, for what nobody misses where there is no answer: help that comes by itself.
  async wonder<M extends TextMethod>(method: M, besides: Besides<M>, slot?: string): Promise<Requests[M][1] | null> {
    return this.ask(method, besides, slot).catch((error: unknown) => {
      if (error instanceof EngineError) {
        return null;
      }
      throw error;
    });
  }

  // Tells everybody once more what is known, as when another network is looked at.
  refresh(): void {
    const { analysis } = this;
    if (analysis) {
      this.tell((listener) => listener.analysed?.(analysis));
    }
  }

  private async analyse(): Promise<void> {
    try {
      const analysis = await this.ask("analyse", {});
      if (analysis !== null) {
        this.analysis = analysis;
        this.tell((listener) => listener.analysed?.(analysis));
        if (analysis.findings.length) {
          this.repairSoon();
        }
      }
    } catch (error) {
      this.tell((listener) => listener.failed?.(sentenceOf(error)));
    }
  }

  private async repair(): Promise<void> {
    const asked = this.analysis;
    const findings = asked && (await this.wonder("repair", {}));
    if (asked && findings && asked === this.analysis && JSON.stringify(findings) !== JSON.stringify(asked.findings)) {
      const analysis = { ...asked, findings };
      this.analysis = analysis;
      this.tell((listener) => listener.analysed?.(analysis));
    }
  }

  private tell(of: (listener: Listener) => void): void {
    this.listeners.forEach(of);
  }
}
