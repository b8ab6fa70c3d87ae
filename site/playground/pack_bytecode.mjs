// Compile the Python of the page: node pack_bytecode.mjs REPOSITORY LSPROTOCOL OUT writes OUT/python_stdlib.zip and OUT/cnnspec.bin.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const [repository, lsprotocol, out] = process.argv.slice(2);
const python = await loadPyodide();
const library = fileURLToPath(import.meta.resolve("pyodide/python_stdlib.zip"));
const places = { "/repository": repository, "/out": out, "/lsprotocol": lsprotocol, "/library": library.replace(/\/[^/]*$/, "") };
for (const [place, root] of Object.entries(places)) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
try {
  python.runPython(readFileSync(new URL("bytecode.py", import.meta.url), "utf8"));
  python.runPython(`
pack_library("/library/python_stdlib.zip", "/out/python_stdlib.zip")
pack_own("/repository/cnnspec", "/lsprotocol/types.py", "/out/cnnspec.bin")
`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
