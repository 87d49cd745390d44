// A second tree of this project whose programs were built with some files altered: for what no setting of the product does.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import { programEntries, programOptions } from "~/launch/build-programs";
import { buildProduct, type Product, startProduct } from "./product";

/** Files by their place in the tree, each with what becomes of its text. */
export type Alterations = Readonly<Record<string, (source: string) => string>>;

/** Whoever asked for it removes it. */
export type AlteredTree = {
  root: string;
  /** Rejects when the launcher built the programs anew, which undoes every alteration. */
  start(options: { dataDir: string; env?: Record<string, string> }): Promise<Product>;
  remove(): void;
};

/** `npm start` works in it as in this one. Rejects when a file is not part of the programs. */
export async function makeAlteredTree(alterations: Alterations): Promise<AlteredTree> {
  await buildProduct();
  const root = mkdtempSync(path.join(tmpdir(), "whs-altered-"));
  for (const name of readdirSync(".")) {
    if (["build", ".git", ".data"].includes(name)) continue;
    // Programs find our own files by their true place; what npm installed is found from anywhere.
    if (["node_modules", ".cache"].includes(name)) symlinkSync(path.resolve(name), path.join(root, name));
    else cpSync(name, path.join(root, name), { recursive: true });
  }
  mkdirSync(path.join(root, "build"));
  copyFileSync("build/stamp", path.join(root, "build", "stamp"));
  symlinkSync(path.resolve("build/remix"), path.join(root, "build", "remix"));
  const met = new Set<string>();
  const plugins = [alter(alterations, met)];
  await build({ ...programOptions, entryPoints: programEntries, outdir: path.join(root, "build"), plugins });
  const missed = Object.keys(alterations).filter((file) => !met.has(file));
  if (missed.length > 0) throw new Error(`${missed.join(", ")} is not what the programs are made of any more.`);
  const program = path.join(root, "build", "web.js");
  const altered = readFileSync(program);
  return {
    root,
    async start(options) {
      const product = await startProduct({ ...options, root });
      if (readFileSync(program).equals(altered)) return product;
      await product.stop();
      throw new Error("Files of the project changed while it was built: try again.");
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** For a file of which one place changes. Throws when the place is not there any more. */
export function exchange(source: string, what: RegExp, by: string): string {
  if (!what.test(source)) throw new Error(`There is no ${what} any more.`);
  return source.replace(what, () => by);
}

/** No variable moves the clouds, so where they are goes into programs that are built for a test alone. */
export function cloudsAt(places: { cloudflareApi: URL; cloudflareAgents: URL; agentCore: URL }): Alterations {
  const cloudflare = `cloudflarePlaces = { api: new URL("${places.cloudflareApi}"), agents: new URL("${places.cloudflareAgents}") };`;
  return {
    "server/config-cloudflare.ts": (source) => exchange(source, /cloudflarePlaces = \{.*\};/, cloudflare),
    "server/config-agentcore.ts": (source) => exchange(source, /endpoint: null \}/, `endpoint: new URL("${places.agentCore}") }`),
  };
}

function alter(alterations: Alterations, met: Set<string>): Plugin {
  return {
    name: "alter files",
    setup(bundler) {
      bundler.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const place = path.relative(process.cwd(), file);
        const change = alterations[place];
        if (change === undefined) return null;
        met.add(place);
        return { contents: change(readFileSync(file, "utf8")), loader: "ts" };
      });
    },
  };
}
