// The file of `cnnspec play FILE`, which opens the page at #play=TOKEN.
import { EngineError, type ServedFile } from "./types";

interface Answer {
  name?: string;
  text?: string;
  writes?: boolean;
  conflict?: string;
  error?: string;
}

async function ask(token: string, question?: object): Promise<[number, Answer]> {
  const options = question === undefined ? {} : { method: "PUT", body: JSON.stringify(question) };
  const response = await fetch(new URL("file", document.baseURI), { ...options, headers: { "X-Cnnspec-Token": token } }).catch(() => {
    throw new EngineError("cnnspec play does not answer any more: start it again in the terminal; your text is still here");
  });
  const answer = (await response.json().catch(() => ({ error: "this page was not opened by cnnspec play" }))) as Answer;
  if (answer.error !== undefined) {
    throw new EngineError(answer.error);
  }
  return [response.status, answer];
}

// null where the page was not opened by `cnnspec play FILE`.
export async function findServedFile(): Promise<ServedFile | null> {
  const token = /^#play=([\w-]+)$/.exec(location.hash)?.[1];
  if (token === undefined || location.protocol === "file:") {
    return null;
  }
  const [, { name = "", text = "", writes = false }] = await ask(token);
  let before = text;
  const save = async (now: string, overwrite = false) => {
    const [status, answer] = await ask(token, { text: now, before, overwrite });
    if (status === 409) {
      return { saved: false as const, conflict: answer.conflict ?? "" };
    }
    before = now;
    return { saved: true as const };
  };
  return { name, text, writes, save };
}
