// Bundles a checked bundle and our wrapper into one ES module. Nothing of the customer's is run, nothing outside its folder is read.
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { type BuildOptions, type BuildResult, context, type Message } from "esbuild";
import { locateSource } from "~/runtime/locate-source";
import { AppError } from "~/server/errors";
import type { BuiltModule, BundleSource } from "~/server/providers/provider";
import { bundleBoundary, bundleNamespace } from "./bundle-boundary";
import { tsconfigRaw } from "./load-source";

/**
 * `worker` exports our worker; `cloudflare` the one that stands at a public address; `node` the entry point's own exports as `entry` and its path
 * as `entrypoint`, for adapters that run the handler in Node.
 */
export type BuildTarget = "worker" | "cloudflare" | "node";

const moduleCharactersMax = 50_000_000;
const messagesMax = 10;

/** Rejects with `DEPLOYMENT_FAILED` naming file, line and column. */
export async function buildWorkerModule(
  source: BundleSource,
  options: { signal: AbortSignal; target?: BuildTarget },
): Promise<BuiltModule> {
  options.signal.throwIfAborted();
  const directory = await realpath(source.directory);
  const build = await context(buildOptions(directory, source.entrypoint, options.target ?? "worker"));
  let giveUp = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(options.signal.reason);
    options.signal.addEventListener("abort", giveUp, { once: true });
  });
  try {
    options.signal.throwIfAborted();
    return toModule(await Promise.race([build.rebuild(), aborted]));
  } catch (thrown) {
    options.signal.throwIfAborted();
    throw toBuildError(thrown);
  } finally {
    options.signal.removeEventListener("abort", giveUp);
    // It ends at esbuild's next look at it; nobody has to wait for that.
    void build.cancel().finally(() => build.dispose());
  }
}

/** Which of its builds a package gives: the one for the runtime that will run it. */
const resolutions = {
  worker: { platform: "browser", conditions: ["workerd", "worker", "browser"], mainFields: ["module", "browser", "main"] },
  node: { platform: "node", conditions: ["node"], mainFields: ["module", "main"] },
} satisfies Record<string, Pick<BuildOptions, "platform" | "conditions" | "mainFields">>;

function buildOptions(directory: string, entrypoint: string, target: BuildTarget) {
  const handlerFile = locateSource("runtime/handler/worker-target.ts");
  return {
    stdin: { contents: entryContents(entrypoint, target), resolveDir: dirname(handlerFile) },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    ...resolutions[target === "node" ? "node" : "worker"],
    define: { "process.env.NODE_ENV": '"production"' },
    charset: "utf8",
    sourcemap: "inline",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
    logLimit: messagesMax,
    tsconfigRaw,
    external: ["cloudflare:workers"],
    plugins: [
      bundleBoundary({
        directory,
        entrypoint,
        runtimeDirectory: dirname(dirname(handlerFile)),
        // There the script's own bindings are to be had from it, the keys among them.
        closedModules: target === "cloudflare" ? /^cloudflare:(?!sockets$)/ : null,
      }),
    ],
  } satisfies BuildOptions;
}

function entryContents(entrypoint: string, target: BuildTarget): string {
  const entry = `import * as entry from "bundle-entry:";`;
  if (target === "node") return `${entry}\nexport { entry };\nexport const entrypoint = ${JSON.stringify(entrypoint)};`;
  if (target === "cloudflare") return cloudflareEntry(entry, entrypoint);
  return `${entry}\nimport { createWorker } from "./worker-target";\nexport default createWorker(entry, ${JSON.stringify(entrypoint)});`;
}

/** Ours first: by the time the customer's module is loaded, the console masks and the network is guarded. */
function cloudflareEntry(entry: string, entrypoint: string): string {
  return `import { createWorker } from "./cloudflare-target";
${entry}
export { SessionStore } from "./session-store";
export { LogStore } from "./log-store";
export default createWorker(entry, ${JSON.stringify(entrypoint)});`;
}

function toModule(result: BuildResult<{ write: false }>): BuiltModule {
  const code = result.outputFiles[0]?.text ?? "";
  if (code.length > moduleCharactersMax) {
    throw new AppError(
      "DEPLOYMENT_FAILED",
      `The built module has ${Math.ceil(code.length / 1e6)} million characters; at most 50 are allowed. Leave large data out of the bundle.`,
    );
  }
  return { code, warnings: result.warnings.slice(0, messagesMax).map(describeMessage) };
}

function toBuildError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const errors = (thrown as { errors?: Message[] }).errors ?? [];
  const [first] = errors;
  if (first === undefined)
    return new AppError("DEPLOYMENT_FAILED", "The bundle could not be built. Try again.", { cause: thrown, retryable: true });
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new AppError("DEPLOYMENT_FAILED", `${describeMessage(first)}${more}`, { details: { reason: "build_failed" } });
}

function describeMessage({ text, location }: Message): string {
  if (!location) return text;
  const file = location.file.startsWith(`${bundleNamespace}:`) ? location.file.slice(bundleNamespace.length + 1) : location.file;
  return `${file}:${location.line}:${location.column + 1}: ${text}`;
}
