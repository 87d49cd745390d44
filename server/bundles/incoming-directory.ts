// Where uploads lie while they are received: on the same disk as the blobs, so that storing one is a rename.
import { join } from "node:path";
import type { Config } from "~/server/config";

export function incomingDirectory(config: Pick<Config, "dataDir">): string {
  return join(config.dataDir, "incoming");
}
