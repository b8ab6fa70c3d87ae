// What the build puts in, and what Pyodide does not type.
declare const LOCK_INFO: { abi_version: string; arch: "wasm32"; platform: string; python: string; version: string };

declare module "pyodide/pyodide.asm.mjs" {
  import type { PyodideConfig } from "pyodide";
  const create: NonNullable<PyodideConfig["createPyodideModule"]>;
  export default create;
}
