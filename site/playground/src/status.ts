// The line below: how many findings, the totals of the network, and what Python does; a live region says the first aloud.

import type { Engine, Progress } from "./engine/types";
import { countFindings } from "./findings";
import type { Session } from "./session";
import { asSentence, element, find, rested } from "./ui/dom";
import type { Notices, Offer } from "./ui/notices";

const SPOKEN = 900; // milliseconds without a change, before counts are said aloud

export function showStatus(session: Session, engine: Engine, notices: Notices): void {
  const say = rested(SPOKEN, (words: string) => {
    if (find("live").textContent !== words) {
      find("live").textContent = words;
    }
  });
  let stage: Progress["stage"] = "loading";
  let failure = ""; // why the last text could not be analysed
  session.listen({
    changed: () => find("counts").classList.add("old"),
    analysed: ({ findings, networks }) => {
      notices.withdraw(failure);
      const worst = findings.find(({ severity }) => severity === "error") ?? findings.find(({ severity }) => severity === "warning");
      find("counts").textContent = countFindings(findings);
      find("counts").className = worst?.severity ?? "";
      find("badge").textContent = findings.length ? String(findings.length) : "";
      say(countFindings(findings));
      const shown = networks.find(({ name }) => name === session.model) ?? networks[0];
      session.model = shown && networks.length > 1 ? shown.name : "";
      find("totals").textContent = shown?.totals ?? "";
      find("totals").classList.toggle("old", shown?.known === false);
      offerModels(networks.map(({ name }) => name), session.model);
    },
    failed: (sentence) => {
      failure = sentence;
      notices.warn(sentence, ...again(stage));
    },
  });
  engine.onProgress((progress) => {
    stage = progress.stage;
    showProgress(progress, notices);
  });
}

function offerModels(names: string[], chosen: string): void {
  const select = find<HTMLSelectElement>("model");
  find("model-bar").hidden = names.length < 2;
  if ([...select.options].map(({ value }) => value).join("\n") !== names.join("\n")) {
    select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  }
  select.value = chosen;
}

const BESIDE = { loading: "", starting: "", ready: "", restarting: "Starting Python anew …", failed: "Python is not there." };

function showProgress({ stage, sentence: words, loaded, total }: Progress, notices: Notices): void {
  const waits = stage === "loading" || stage === "starting";
  const sentence = asSentence(waits ? `${words} …` : words);
  find("starting").hidden = !waits;
  find("engine").textContent = waits ? sentence : BESIDE[stage];
  find("progress-words").textContent = sentence;
  const bar = find<HTMLProgressElement>("progress");
  if (stage === "loading" && total > 0) {
    bar.value = loaded / total;
  } else {
    bar.removeAttribute("value");
  }
  if (stage === "failed") {
    notices.warn(sentence, ...again(stage));
  } else if (stage === "restarting") {
    notices.say(sentence);
  }
}

// What can be done where Python cannot be had.
function again(stage: Progress["stage"]): Offer[] {
  return stage === "failed" ? [{ words: "Try again", act: () => location.reload() }] : [];
}
