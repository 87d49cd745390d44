// Who asks and how it came is read exactly as Fastify reads it, whatever headers somebody made up.
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, it } from "vitest";
import { type Arrival, openArrivals } from "./trusted-proxies";

let app: FastifyInstance;
afterEach(() => app.close());

const trusts: string[][] = [[], ["127.0.0.1"], ["loopback"], ["10.0.0.0/8"], ["127.0.0.1", "10.0.0.0/8"]];
const headers: Record<string, string>[] = [
  {},
  { "x-forwarded-for": "203.0.113.9" },
  { "x-forwarded-for": "203.0.113.9, 10.1.2.3" },
  { "x-forwarded-for": "made up, 203.0.113.9, 10.1.2.3" },
  { "x-forwarded-for": "10.9.9.9, 10.1.2.3" },
  { "x-forwarded-proto": "https" },
  { "x-forwarded-proto": "http" },
  { "x-forwarded-proto": "http,https" },
  { "x-forwarded-proto": "https, http" },
  { "x-forwarded-proto": "", "x-forwarded-for": "" },
];

it.each(trusts.map((trust) => [trust]))("behind %j", async (trustedProxy) => {
  app = Fastify({ trustProxy: trustedProxy.length > 0 ? trustedProxy : false });
  const arrivalOf = openArrivals({ trustedProxy });
  app.get("/", (request) => {
    const fastifys: Arrival = { ipAddress: request.ip, isEncrypted: request.protocol === "https" };
    return { fastifys, ours: arrivalOf(request.raw) };
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  for (const said of headers) {
    const answer = await fetch(url, { headers: said, signal: AbortSignal.timeout(10_000) });
    const { fastifys, ours } = (await answer.json()) as { fastifys: Arrival; ours: Arrival };
    expect(ours, JSON.stringify(said)).toEqual(fastifys);
  }
});
