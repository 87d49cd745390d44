// The small public documents: the manifest's JSON Schema and where to report a weakness (RFC 9116).
import type { FastifyInstance } from "fastify";
import { manifestJsonSchema } from "~/server/bundles/manifest-json-schema";
import type { Door } from "./door";

const dayMs = 86_400_000;
/** RFC 9116 advises less than a year. */
const securityTextDays = 180;

export function mountPublicDocuments(app: FastifyInstance, door: Door): void {
  const schema = JSON.stringify(manifestJsonSchema(door.services.config.publicUrl), null, 2);
  app.get("/schema/agent.config.json", (_request, reply) =>
    reply.header("cache-control", "public, max-age=3600").type("application/schema+json").send(schema),
  );
  app.get("/.well-known/security.txt", (_request, reply) =>
    reply.header("cache-control", "public, max-age=3600").type("text/plain; charset=utf-8").send(securityText(door)),
  );
}

function securityText(door: Door): string {
  const { clock, config } = door.services;
  const expires = new Date(Math.floor(clock.now().getTime() / dayMs + securityTextDays) * dayMs);
  return [
    `Contact: mailto:security@${config.publicUrl.hostname}`,
    `Expires: ${expires.toISOString()}`,
    "Preferred-Languages: en",
    `Canonical: ${door.origin}/.well-known/security.txt`,
    "",
  ].join("\n");
}
