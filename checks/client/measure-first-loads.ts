// How much compressed script each page needs before it answers: entry, root, its parents, itself, and what they import.
import { gzipSync } from "node:zlib";
import type { ClientManifest, ClientScripts } from "./read-client-build";

export type FirstLoad = { route: string; bytes: number };

export function measureFirstLoads(manifest: ClientManifest, scripts: ClientScripts): FirstLoad[] {
  const sizes = new Map([...scripts].map(([path, text]) => [path, gzipSync(text).length]));
  return Object.keys(manifest.routes).map((route) => {
    // Remix's whole list of routes is never fetched: each page carries its own lines of it (v3_lazyRouteDiscovery).
    const needed = new Set(partsOf(manifest, route));
    return { route, bytes: [...needed].reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0) };
  });
}

function partsOf(manifest: ClientManifest, route: string): string[] {
  const parts = [manifest.entry];
  const seen = new Set<string>();
  for (let id: string | undefined = route; id !== undefined && !seen.has(id); id = manifest.routes[id]?.parentId) {
    seen.add(id);
    const part = manifest.routes[id];
    if (part) parts.push(part);
  }
  return parts.flatMap((part) => [part.module, ...(part.imports ?? [])]);
}
