// Finds the handler in what an entry point exports, whether it was written as an ES module or as CommonJS.
import type { AgentHandler } from "~/runtime/contract/handler";

const wrappingsMax = 3;

/** Throws while the module loads, so that a deployment without a handler fails at its probe and says why. */
export function resolveHandler(exported: unknown, entrypoint: string): AgentHandler {
  let candidate: unknown = exported;
  for (let depth = 0; depth < wrappingsMax && typeof candidate !== "function"; depth += 1) {
    candidate = (candidate as { default?: unknown } | null | undefined)?.default;
  }
  if (typeof candidate === "function") return candidate as AgentHandler;
  throw new TypeError(
    `${entrypoint} has no default export that is a function. Write: export default async function handler(request, context) { … }`,
  );
}
