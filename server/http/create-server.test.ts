// What holds for every answer of the web server, whatever door it came through.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
beforeAll(async () => {
  services = await createTestServices();
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

describe("every answer", () => {
  it("carries a trace id and the security headers", async () => {
    const answer = await fetch(`${web.url}/healthz`);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-trace-id": expect.stringMatching(/^trc_[0-9A-HJKMNP-TV-Z]{26}$/),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    });
  });
  it("x", async () => {
    for (const [path, init] of [
      ["/readyz"],
      ["/nope"],
      ["/v1/nope"],
      ["/v1/openapi.json"],
      ["/trpc/nope"],
      ["/trpc/nope", { method: "POST", body: "{}", headers: { cookie: "a=b" } }],
      ["/v1/nope", { method: "POST", body: "{", headers: { "content-type": "application/json" } }],
      ["/schema/agent.config.json"],
      ["/.well-known/security.txt"],
      ["/%"],
      ["/trpc/a,b?batch=1"],
    ] as [string, RequestInit?][]) {
      const r = await fetch(web.url + path, init);
      process.stderr.write(`${path} ${r.status} ${(await r.text()).slice(0, 300)}\n`);
    }
  });
});
