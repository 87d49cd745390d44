// What browsers load: the build's files (their names change with their content) and the few that keep their names.
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const yearSeconds = 31_536_000;
const hourSeconds = 3_600;

/** `clientDirectory` is the build's: Vite has copied `public/` there. Files with a `.br` or `.gz` beside them are sent so. */
export function mountStaticFiles(app: FastifyInstance, clientDirectory: string): void {
  void app.register(fastifyStatic, {
    root: join(clientDirectory, "assets"),
    prefix: "/assets/",
    immutable: true,
    maxAge: yearSeconds * 1_000,
    preCompressed: true,
    index: false,
  });
  void app.register(fastifyStatic, {
    root: clientDirectory,
    prefix: "/",
    // A route for each file that is there at the start, so that pages keep every other path.
    wildcard: false,
    globIgnore: ["assets/**", "**/*.br", "**/*.gz", ".vite/**"],
    maxAge: hourSeconds * 1_000,
    preCompressed: true,
    decorateReply: false,
    index: false,
  });
}
