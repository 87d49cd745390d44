// A second tree of this project whose programs were built without redaction: only so can it be taken off, no setting does it.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import { ensureBuilt } from "~/launch/build";
import { programEntries, programOptions } from "~/launch/build-programs";

/** What stands in each place of the redaction, and lets everything through. */
const letThrough: Readonly<Record<string, string>> = {
  "runtime/redaction/mask-text.ts": `export const maskText = "[secret]";
    const open = () => ({ push: (text) => text, flush: () => "" });
    export const compileMask = () => ({ open, mask: (text) => text });`,
  "runtime/redaction/redact-tokens.ts": `export const redacted = "[redacted]"; export const shapes = [];
    export const redactTokens = (text) => text; export const redactSentence = (text) => text;`,
  "runtime/redaction/redact-named.ts": "export const createNameRedactor = () => (text) => text;",
  "server/redaction/sensitive-fields.ts": "export const isSensitiveField = () => false;",
};

/** `npm start` works in it as in this one. Whoever asked for it removes it. */
export async function makeUnredactedTree(): Promise<{ root: string; remove(): void }> {
  await ensureBuilt();
  const root = mkdtempSync(path.join(tmpdir(), "whs-unredacted-"));
  for (const name of readdirSync(".")) {
    if (["build", ".git", ".data"].includes(name)) continue;
    // Programs find our own files by their true place; what npm installed is found from anywhere.
    if (["node_modules", ".cache"].includes(name)) symlinkSync(path.resolve(name), path.join(root, name));
    else cpSync(name, path.join(root, name), { recursive: true });
  }
  mkdirSync(path.join(root, "build"));
  copyFileSync("build/stamp", path.join(root, "build", "stamp"));
  symlinkSync(path.resolve("build/remix"), path.join(root, "build", "remix"));
  const replaced = new Set<string>();
  await build({ ...programOptions, entryPoints: programEntries, outdir: path.join(root, "build"), plugins: [plugin(replaced)] });
  const missed = Object.keys(letThrough).filter((file) => !replaced.has(file));
  if (missed.length > 0) throw new Error(`Redaction has moved: ${missed.join(", ")} is not what the programs use any more.`);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function plugin(replaced: Set<string>): Plugin {
  return {
    name: "let everything through",
    setup(bundler) {
      bundler.onLoad({ filter: /\/redaction\/[a-z-]+\.ts$/ }, ({ path: file }) => {
        const place = path.relative(process.cwd(), file);
        const contents = letThrough[place];
        if (contents === undefined) return null;
        replaced.add(place);
        return { contents, loader: "js" };
      });
    },
  };
}
