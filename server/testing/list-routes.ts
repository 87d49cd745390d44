// Every route that a server was given, as Fastify itself announces them: nothing can be mounted unseen.
import type { RouteOptions } from "fastify";

/** `GET /healthz`; all methods together are `*`. */
export type RouteName = string;

const announced: RouteOptions[] = [];

/** For the hook `onRoute` of a server under test. */
export function noteRoute(route: RouteOptions): void {
  announced.push(route);
}

/** What was announced since the last call, without the HEAD that Fastify adds to each GET. */
export function takeRoutes(): RouteName[] {
  const names = announced.splice(0).flatMap(({ method, url }) => {
    const methods = Array.isArray(method) ? method : [method];
    if (methods.length > 5) return [`* ${url}`];
    return methods.filter((one) => one !== "HEAD").map((one) => `${one} ${url}`);
  });
  return [...new Set(names)];
}
