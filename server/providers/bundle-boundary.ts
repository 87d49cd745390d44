// The wall around a bundle while it is built: esbuild may resolve and read files of the bundle, the runtime's modules, and nothing else.
import { realpath, stat } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { loadSource } from "./load-source";

export const bundleNamespace = "bundle";

const builtinNamespace = "runtime-module";
const emptyNamespace = "types-only";
const builtins = new Set(builtinModules);
const typesPackage = "@webhost/agent";
/** What is built takes time and memory by its size, and one program builds for everybody. */
export const importedBytesMax = 24 * 1024 * 1024;
const insteadOfRuntime = "Use what the handler is given: context.env, context.session, context.signal.";
const insideEsbuild = Symbol("asked of esbuild itself");

export type BundleWall = {
  directory: string;
  entrypoint: string;
  runtimeDirectory: string;
  /** Modules of the runtime that a bundle may not have there. */
  closedModules: RegExp | null;
};

/** `directory` is a real path. Files of the bundle live in a namespace of their own; from disk by itself esbuild reads only `runtimeDirectory`. */
export function bundleBoundary(bundle: BundleWall): Plugin {
  return {
    name: "bundle-boundary",
    setup(build) {
      let importedBytes = 0;
      build.onResolve({ filter: /.*/ }, (args) => {
        if (args.pluginData === insideEsbuild) return undefined;
        if (args.path === "bundle-entry:")
          return resolveInside(build, bundle, { ...args, path: `./${bundle.entrypoint}`, importer: "" });
        if (args.namespace !== bundleNamespace) return resolveRuntime(build, bundle.runtimeDirectory, args);
        return resolveOuter(args, bundle.closedModules) ?? resolveInside(build, bundle, args);
      });
      build.onLoad({ filter: /.*/, namespace: bundleNamespace }, async (args) => {
        const path = join(bundle.directory, args.path);
        if ((await pathInside(bundle.directory, path)) === null) return refusal(args.path);
        importedBytes += (await stat(path)).size;
        return importedBytes > importedBytesMax ? tooMuch(args.path) : loadSource(path, args.path);
      });
      build.onLoad({ filter: /.*/, namespace: "file" }, (args) =>
        args.path.startsWith(bundle.runtimeDirectory + sep) ? undefined : refusal(args.path),
      );
      build.onLoad({ filter: /.*/, namespace: emptyNamespace }, () => ({ contents: "export {};", loader: "js" }));
      // A CommonJS `require` must yield the module itself (`require("events")` is a class), not a namespace.
      build.onLoad({ filter: /.*/, namespace: builtinNamespace }, (args) => ({
        contents: `import runtimeModule from ${JSON.stringify(args.path)};\nmodule.exports = runtimeModule;`,
        loader: "js",
      }));
      build.onResolve({ filter: /.*/, namespace: builtinNamespace }, (args) => ({ path: args.path, external: true }));
    },
  };
}

/** Our own wrapper imports through the alias of this repository, which bundles must not see. */
function resolveRuntime(build: PluginBuild, runtimeDirectory: string, args: OnResolveArgs) {
  if (!args.path.startsWith("~/runtime/")) return undefined;
  const options = { kind: args.kind, resolveDir: dirname(runtimeDirectory), pluginData: insideEsbuild };
  return build.resolve(`./${args.path.slice(2)}`, options);
}

/** What is not a file of the bundle: modules of the runtime, and the package that only has types. */
function resolveOuter(args: OnResolveArgs, closed: RegExp | null): OnResolveResult | undefined {
  if (args.path === typesPackage) return { path: args.path, namespace: emptyNamespace };
  if (closed?.test(args.path)) return { errors: [{ text: `"${args.path}" cannot be imported here. ${insteadOfRuntime}` }] };
  if (args.path.startsWith("cloudflare:")) return { path: args.path, external: true };
  const bare = args.path.startsWith("node:") ? args.path.slice(5) : args.path;
  if (!builtins.has(bare)) return undefined;
  const path = `node:${bare}`;
  return args.kind === "require-call" ? { path, namespace: builtinNamespace } : { path, external: true };
}

async function resolveInside(build: PluginBuild, bundle: { directory: string }, args: OnResolveArgs): Promise<OnResolveResult> {
  const resolved = await build.resolve(args.path, {
    kind: args.kind === "entry-point" ? "import-statement" : args.kind,
    resolveDir: join(bundle.directory, dirname(args.importer)),
    importer: args.importer === "" ? "" : join(bundle.directory, args.importer),
    namespace: "file",
    pluginData: insideEsbuild,
  });
  const path =
    resolved.errors.length === 0 && resolved.namespace === "file" ? await pathInside(bundle.directory, resolved.path) : null;
  // One message for both: whether a file exists outside the bundle is nobody's business.
  if (path === null) return { errors: [{ text: `Could not find "${args.path}" in the bundle.${hintFor(args.path)}` }] };
  return { path, namespace: bundleNamespace, sideEffects: resolved.sideEffects };
}

function hintFor(path: string): string {
  const isPackage = !/^[./#]/.test(path);
  return isPackage ? " Packages are not installed for you: put node_modules into the zip, or bundle before you upload." : "";
}

/** The path relative to the bundle, or null when it leaves the bundle in any way, links included. */
async function pathInside(directory: string, path: string): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null || real !== path || !real.startsWith(directory + sep)) return null;
  return relative(directory, real);
}

function tooMuch(path: string) {
  const most = importedBytesMax / 1024 / 1024;
  return {
    errors: [{ text: `With ${path} the files that are imported have more than ${most} MiB. Leave large data out of the code.` }],
  };
}

function refusal(path: string) {
  return { errors: [{ text: `${path} is not a file of the bundle.` }] };
}
