// Bundle the page: node build.mjs PARTS OUT, where PARTS holds python_stdlib.zip and cnnspec.bin, writes the folder OUT and the file
// OUT.html, which holds all of it.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const [parts, out] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const pyodide = (name) => fileURLToPath(import.meta.resolve(`pyodide/${name}`));
const packed = { "pyodide.asm.wasm": pyodide("pyodide.asm.wasm"), "python_stdlib.zip": join(parts, "python_stdlib.zip"), "cnnspec.bin": join(parts, "cnnspec.bin") };

// ---- scripts -------------------------------------------------------------------------------------------------
const lock = JSON.parse(readFileSync(pyodide("pyodide-lock.json"), "utf8"));
const shared = { bundle: true, minify: true, target: "es2022", legalComments: "none", metafile: true, write: false, absWorkingDir: here(".") };
const worker = await build({
  ...shared,
  entryPoints: ["src/engine/worker.ts"],
  format: "iife", // a module cannot be a worker where the page is a file; Pyodide takes one without importScripts for a module
  banner: { js: "self.importScripts = () => { throw new TypeError(); };" },
  external: ["node:*"],
  define: { LOCK_INFO: JSON.stringify(lock.info), "import.meta.url": '"https://inside.invalid/pyodide.asm.mjs"' },
  outfile: "worker.js",
});
const main = await build({ ...shared, entryPoints: ["src/main.ts"], format: "iife", outfile: "main.js" });
const styles = await build({ ...shared, entryPoints: ["src/main.css"], outfile: "main.css" });
const text = (built) => built.outputFiles[0].text;

// ---- licences of what is in them -----------------------------------------------------------------------------
const inputs = [worker, main, styles].flatMap((built) => Object.keys(built.metafile.inputs)).filter((file) => !file.startsWith("(disabled)"));
const folders = new Set(inputs.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter((one) => one !== undefined));
const notices = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(here(join(folder, "package.json")), "utf8"));
  const file = readdirSync(here(folder)).find((entry) => /^licen[sc]e/i.test(entry));
  const terms = file === undefined ? `${license}: https://spdx.org/licenses/${license}.html` : readFileSync(here(join(folder, file)), "utf8").trim();
  return `${name} ${version} (${license})\n\n${terms}\n`;
});
const python = `CPython ${lock.info.python} (Python-2.0), compiled by Pyodide (MPL-2.0)\n\nhttps://docs.python.org/3/license.html\nhttps://github.com/pyodide/pyodide\n`;
const notice = ["The playground of cnnspec contains these packages.\n", python, ...notices].join(`\n${"-".repeat(80)}\n\n`);

// ---- the page ------------------------------------------------------------------------------------------------
// Scripts are the page's own; Python compiles WebAssembly, and the tables of answers have styles of their own.
const allow = (scripts) =>
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${scripts} 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; base-uri 'none'; form-action 'none'">`;
const page = readFileSync(here("index.html"), "utf8");
const put = (into, places) => Object.entries(places).reduce((made, [place, by]) => {
  if (!made.includes(place)) {
    throw new Error(`index.html has no ${place}`);
  }
  return made.replace(place, () => by);
}, into);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const files = { "main.js": text(main), "main.css": text(styles), "worker.js": text(worker), "NOTICE.txt": notice };
files["index.html"] = put(page, { "<!-- csp -->": allow("'self'"), "<!-- main -->": '<script defer src="main.js"></script>' });
for (const [name, content] of Object.entries(files)) {
  writeFileSync(join(out, name), content);
}
const base64 = {};
for (const [name, file] of Object.entries(packed)) {
  const data = gzipSync(readFileSync(file), { level: 9 });
  writeFileSync(join(out, `${name}.gz`), data);
  base64[name] = data.toString("base64");
}
base64["worker.js"] = Buffer.from(text(worker)).toString("base64");
const held = Object.entries(base64).map(([name, data]) => `<script type="text/plain" data-part="${name}">${data}</script>\n`);
const script = text(main).replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const single = put(page, {
  "<!-- csp -->": allow(`'sha256-${createHash("sha256").update(script).digest("base64")}' blob:`),
  '<link rel="stylesheet" href="main.css">': `<style>${text(styles).replaceAll("</style", "<\\/style")}</style>`,
  "<!-- main -->": `${held.join("")}<script type="module">${script}</script>`,
});
writeFileSync(`${out}.html`, single);
const size = [...Object.keys(files).map((name) => gzipSync(readFileSync(join(out, name))).length), ...Object.values(packed).map((file) => gzipSync(readFileSync(file), { level: 9 }).length)];
console.log(`${out}: ${(size.reduce((sum, one) => sum + one, 0) / 1e6).toFixed(2)} MB packed; ${out}.html: ${(gzipSync(single).length / 1e6).toFixed(2)} MB packed`);
