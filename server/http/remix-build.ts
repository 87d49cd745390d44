// The built people's door: loaded once, or again whenever it changed when somebody is working on it.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRequestHandler, type RequestHandler, type ServerBuild } from "@remix-run/node";
import remixConfig from "~/remix.config.js";

export type RemixBuild = {
  /** The handler of the newest build. */
  handler: () => Promise<RequestHandler>;
  /** The folder with what browsers load. */
  clientDirectory: string;
};

export type RemixBuildOptions = {
  /** The folder of the project, in which `npm run build` ran. */
  rootDirectory: string;
  /** Looks before each page whether there is a newer build (`npm run dev`). */
  watches: boolean;
};

/** Rejects with a sentence that says what to do when nothing was built. */
export async function loadRemixBuild(options: RemixBuildOptions): Promise<RemixBuild> {
  const directory = join(options.rootDirectory, remixConfig.buildDirectory ?? "build");
  const entry = join(directory, "server", remixConfig.serverBuildFile ?? "index.js");
  let newest = await importBuild(entry);
  const handler = async () => {
    if (options.watches && (await changedAt(entry)) > newest.builtAt) newest = await importBuild(entry);
    return newest.handler;
  };
  return { handler, clientDirectory: join(directory, "client") };
}

async function importBuild(entry: string): Promise<{ handler: RequestHandler; builtAt: number }> {
  const builtAt = await changedAt(entry);
  if (builtAt === 0) throw new Error(`The pages are not built: ${entry} is missing. Run: npm run build`);
  const build = (await import(`${pathToFileURL(entry).href}?built=${builtAt}`)) as ServerBuild;
  return { handler: createRequestHandler(build, "production"), builtAt };
}

/** 0 when the file is missing, for example while it is being rewritten. */
async function changedAt(file: string): Promise<number> {
  return stat(file).then(
    (facts) => facts.mtimeMs,
    () => 0,
  );
}
