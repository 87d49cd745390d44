// Where the workerd program of this platform lies; the npm package's own install script may not have run.
import { createRequire } from "node:module";

const packages: Record<string, string> = {
  "linux-x64": "@cloudflare/workerd-linux-64",
  "linux-arm64": "@cloudflare/workerd-linux-arm64",
  "darwin-x64": "@cloudflare/workerd-darwin-64",
  "darwin-arm64": "@cloudflare/workerd-darwin-arm64",
};

/** Throws when there is none: workerd needs glibc 2.27 or newer, or macOS. */
export function workerdBinary(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (name === undefined) throw new Error(`workerd does not run on ${platform}. Use Linux (glibc) or macOS on x64 or arm64.`);
  return createRequire(import.meta.url).resolve(`${name}/bin/workerd`);
}
