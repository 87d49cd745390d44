// The small public documents: the manifest's JSON Schema, the key under audit chains, where to report a weakness (RFC 9116).
import type { FastifyInstance } from "fastify";
import { keyIdOf, openAuditKey } from "~/server/audit/audit-key";
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
  const auditKeys = JSON.stringify(auditKeysOf(door));
  app.get("/.well-known/audit-key.json", (_request, reply) =>
    reply.header("cache-control", "public, max-age=3600").type("application/json; charset=utf-8").send(auditKeys),
  );
  app.get("/.well-known/security.txt", (_request, reply) =>
    reply.header("cache-control", "public, max-age=3600").type("text/plain; charset=utf-8").send(securityText(door)),
  );
}

/** For who verifies an export: take it from here before there is anything to doubt, and keep it. */
function auditKeysOf(door: Door): object {
  const { config } = door.services;
  const former = config.auditFormerKeys.map((hex) => Buffer.from(hex, "hex"));
  const [current, ...others] = [openAuditKey(config).publicKey, ...former].map((publicKey) => ({
    algorithm: "Ed25519",
    keyId: keyIdOf(publicKey),
    publicKey: publicKey.toString("hex"),
  }));
  return { ...current, former: others };
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
