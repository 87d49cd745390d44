// What the browser is served: every script by its address, and Remix's list of which page needs which.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

type Part = { module: string; imports?: string[] };

export type ClientManifest = {
  entry: Part;
  routes: Record<string, Part & { id: string; parentId?: string; path?: string; index?: boolean }>;
  url: string;
};

/** By address, for example `/assets/root-ab12.js`. */
export type ClientScripts = Map<string, string>;

export async function readClientBuild(folder: string): Promise<{ scripts: ClientScripts; manifest: ClientManifest }> {
  const names = (await readdir(join(folder, "assets"))).filter((name) => /\.(js|map)$/.test(name));
  const scripts: ClientScripts = new Map();
  for (const name of names) scripts.set(`/assets/${name}`, await readFile(join(folder, "assets", name), "utf8"));
  const listed = [...scripts].find(([path]) => /\/manifest-[^/]+\.js$/.test(path));
  if (!listed) throw new Error(`${folder} holds no manifest of Remix; build it again.`);
  const json = listed[1].replace(/^window\.__remixManifest=/, "").replace(/;\s*$/, "");
  return { scripts, manifest: JSON.parse(json) as ClientManifest };
}
