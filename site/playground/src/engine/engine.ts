// Questions to Python, one at a time; of those that wait under a slot the newest. An answer that takes too long ends with a
// new worker.
import type { FromWorker, Parts, ToWorker } from "./messages";
import { loadParts, makeWorker } from "./parts";
import { EngineError, type Engine, type EngineOptions, type Method, type Progress } from "./types";

const FIRST: Method[] = ["analyse", "complete", "signature", "hover", "actions"];
const LIMIT = 10; // seconds
const LONGER: Partial<Record<Method, number>> = { importModel: 60, answer: 60, toPython: 30 }; // for which somebody has asked
const megabytes = (count: number) => (count / 1e6).toFixed(1);

interface Waiting {
  method: Method;
  question: object;
  resolve(answer: unknown): void;
  reject(error: EngineError): void;
}

class Python implements Engine {
  #waiting = new Map<string, Waiting>();
  #asked: Waiting | null = null;
  #worker: Worker | null = null;
  #ready = false;
  #timer = 0;
  #parts: Promise<Parts>;
  #progress: Progress = { stage: "loading", sentence: "loading Python", loaded: 0, total: 0 };
  #listeners: ((progress: Progress) => void)[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#parts = loadParts((loaded, total) =>
      this.#tell({ stage: "loading", sentence: `loading Python: ${megabytes(loaded)} of ${megabytes(total)} MB`, loaded, total }),
    );
    void this.#start("starting", "starting Python");
  }

  onProgress(told: (progress: Progress) => void) {
    this.#listeners.push(told);
    told(this.#progress);
  }

  ask(method: Method, question: object, slot: string = method): Promise<never> {
    this.#waiting.get(slot)?.resolve(null);
    return new Promise<never>((resolve, reject) => {
      this.#waiting.set(slot, { method, question, resolve: resolve as (answer: unknown) => void, reject });
      this.#next();
    });
  }

  stop() {
    this.#end();
    this.#refuse(() => true, "the page was closed");
  }

  // ---- the worker --------------------------------------------------------------------------------------------
  async #start(stage: Progress["stage"], sentence: string) {
    try {
      const parts = await this.#parts;
      this.#tell({ stage, sentence, loaded: 0, total: 0 });
      const worker = makeWorker();
      this.#worker = worker;
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
      worker.onerror = (event) => this.#take({ kind: "failed", sentence: `Python did not start: ${event.message}` });
      this.#post({ kind: "start", parts });
    } catch (error) {
      this.#fail(error instanceof EngineError ? error.message : `Python could not be loaded: ${String(error)}`);
    }
  }

  #post(message: ToWorker, given: Transferable[] = []) {
    this.#worker?.postMessage(message, given);
  }

  #end() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
  }

  #restart(sentence: string) {
    this.#end();
    const asked = this.#asked;
    this.#asked = null;
    asked?.reject(new EngineError(sentence));
    const text = JSON.stringify((asked?.question as { text?: string } | undefined)?.text);
    this.#refuse((one) => JSON.stringify((one.question as { text?: string }).text) === text, sentence);
    void this.#start("restarting", sentence);
  }

  #fail(sentence: string) {
    this.#end();
    this.#asked?.reject(new EngineError(sentence));
    this.#asked = null;
    this.#refuse(() => true, sentence);
    this.#tell({ stage: "failed", sentence, loaded: 0, total: 0 });
  }

  // ---- questions ---------------------------------------------------------------------------------------------
  #next() {
    if (this.#progress.stage === "failed") {
      this.#refuse(() => true, this.#progress.sentence);
    }
    if (!this.#ready || this.#asked !== null || this.#waiting.size === 0) {
      return;
    }
    const slots = [...this.#waiting];
    const urgent = FIRST.map((method) => slots.find(([, one]) => one.method === method)).find((one) => one !== undefined);
    const [slot, next] = urgent ?? slots[0]!;
    this.#waiting.delete(slot);
    this.#asked = next;
    const { bytes, ...question } = next.question as { bytes?: Uint8Array; name?: string };
    const message: ToWorker = { kind: "ask", method: next.method, question: JSON.stringify(question) };
    if (bytes === undefined) {
      this.#post(message);
    } else {
      this.#post({ ...message, file: { name: question.name ?? "", bytes } }, [bytes.buffer]);
    }
    const seconds = Math.max(this.#limit, LONGER[next.method] ?? 0);
    this.#timer = setTimeout(() => {
      this.#restart(`that took more than ${seconds} seconds and was stopped; Python is started anew, and your text is as it was`);
    }, seconds * 1000);
  }

  #take(message: FromWorker) {
    if (message.kind === "started") {
      this.#ready = true;
      this.#tell({ stage: "ready", sentence: "ready", loaded: 0, total: 0 });
    } else if (message.kind === "failed") {
      if (this.#ready) {
        this.#restart(`${message.sentence}; it is started anew, and your text is as it was`);
      } else {
        this.#fail(message.sentence);
      }
    } else {
      clearTimeout(this.#timer);
      const asked = this.#asked;
      this.#asked = null;
      const { answer, error } = JSON.parse(message.answer) as { answer?: unknown; error?: string };
      if (error === undefined) {
        asked?.resolve(answer);
      } else {
        asked?.reject(new EngineError(error));
      }
    }
    this.#next();
  }

  #refuse(which: (one: Waiting) => boolean, sentence: string) {
    for (const [slot, one] of [...this.#waiting]) {
      if (which(one)) {
        this.#waiting.delete(slot);
        one.reject(new EngineError(sentence));
      }
    }
  }

  #tell(progress: Progress) {
    this.#progress = progress;
    this.#listeners.forEach((told) => told(progress));
  }
}

// The engine stands at window.cnnspec.engine too: for scripts, and for tests.
export function startEngine({ limit = LIMIT }: EngineOptions = {}): Engine {
  const engine = new Python(limit);
  Object.assign(window, { cnnspec: { engine } });
  return engine;
}
