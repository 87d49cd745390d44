// What a person sees when everything is up: where to go, how to get in, what to try.
import path from "node:path";
import type { Product } from "./launch-product";
import type { Welcome } from "./run-first-start";
import { say } from "./show-step";

/** `json`: standard output is exactly one line. */
export function showWelcome(welcome: Welcome, product: Product, options: { json: boolean }): void {
  const { kept, surroundings } = product;
  const relative = (file: string) => path.relative(process.cwd(), file) || ".";
  const keepSafe = `Back up ${relative(kept.file)}: without it no stored secret can be opened, and whoever has it can open them all.`;
  if (options.json) {
    if (kept.wereMade) say(keepSafe);
    const { url, signInUrl, agentId, apiKey } = welcome;
    process.stdout.write(`${JSON.stringify({ url, signInUrl, agentId, apiKey })}\n`);
    return;
  }
  const { dataDir } = surroundings.settings;
  process.stdout.write(`
  ${bold("webhost.systems")} is running

  ${dim("Open")}      ${welcome.url}
  ${dim("Sign in")}   ${welcome.signInUrl}
            ${dim("(works once; the next start brings a new one)")}

  Talk to the sample agent:

    curl -N ${welcome.url}/v1/invoke/${welcome.agentId}/stream \\
      -H 'authorization: Bearer ${welcome.apiKey}' \\
      -H 'content-type: application/json' \\
      -d '{"input":{"prompt":"Hello!"}}'

  ${dim("Data")}      ${relative(dataDir)}
  ${dim("Logs")}      ${relative(path.join(dataDir, "logs"))}
  ${dim("Stop")}      Ctrl-C
${kept.wereMade ? `\n  ${keepSafe}\n` : ""}
`);
}

function paint(code: number, text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? `\u001b[${code}m${text}\u001b[0m` : text;
}

function bold(text: string): string {
  return paint(1, text);
}

function dim(text: string): string {
  return paint(2, text);
}
