// How the playground's editor colours texts: node colours.mjs PLAYGROUND, with a JSON list of texts on the standard input, writes for
// each text, for each line, the name of what stands at each character.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const playground = process.argv[2];
const { build } = createRequire(join(playground, "package.json"))("esbuild");
const entry = `export { parser } from "./src/editor/language"; export { StringStream } from "@codemirror/language";`;
const made = await build({ stdin: { contents: entry, resolveDir: playground }, bundle: true, format: "esm", platform: "node", write: false });
const { parser, StringStream } = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].contents).toString("base64")}`);

function colour(text) {
  const state = parser.startState(2);
  return text.split("\n").map((line) => {
    const names = [];
    if (!line) {
      parser.blankLine(state, 2);
    }
    for (const stream = new StringStream(line, 2, 2); !stream.eol(); ) {
      stream.start = stream.pos;
      const name = parser.token(stream, state) ?? "";
      names.push(...Array.from(stream.current(), () => name));
    }
    return names;
  });
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(colour)));
