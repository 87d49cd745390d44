// What the snippet of a signed call sends is what the documented test vector asks for.
import { createHmac } from "node:crypto";
import { afterEach, expect, it, vi } from "vitest";
import { asSignedCall, secretVariable } from "./signed-call";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const asked = {
  origin: "https://agents.example",
  keyId: "key_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  agentId: "agt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
};

it("the snippet runs as it stands and signs timestamp, nonce, method, path and body", async () => {
  const sent: { url: string; init: { method: string; headers: Record<string, string>; body: string } }[] = [];
  vi.stubEnv(secretVariable, "whs_sign_example");
  vi.stubGlobal("console", { ...console, log: () => undefined });
  vi.stubGlobal("fetch", async (url: string, init: (typeof sent)[number]["init"]) => {
    sent.push({ url, init });
    return Response.json({});
  });
  await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(asSignedCall(asked))}`);
  const [{ url, init }] = sent as [(typeof sent)[number]];
  expect(url).toBe("https://agents.example/v1/invoke/agt_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  const { "X-WHS-Timestamp": timestamp, "X-WHS-Nonce": nonce, "X-WHS-Signature": signature, ...rest } = init.headers;
  expect(rest).toEqual({ "Content-Type": "application/json", "X-WHS-Key-Id": asked.keyId });
  expect(timestamp).toMatch(/^[0-9]{13}$/);
  expect(nonce).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
  const content = `${timestamp}.${nonce}.${init.method}.${new URL(url).pathname}.${init.body}`;
  expect(signature).toBe(`v1=${createHmac("sha256", "whs_sign_example").update(content).digest("hex")}`);
});
