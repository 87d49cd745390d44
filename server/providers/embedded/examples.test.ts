// Every example in `examples/` is valid, builds, and does in the real runtime what its README says.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { Manifest } from "~/server/bundles/manifest.contract";
import { newId } from "~/server/ids";
import { collectEvents } from "~/server/providers/read-events";
import { invocationOf, placementOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

const apiKey = "sk-example-of-a-key-0123456789";

let host: TestAgentHost;
let model: Server;
let modelUrl: string;
const asked: { authorization: string | undefined; body: Record<string, unknown> }[] = [];
let modelRequestsClosed = 0;

const never = () => new AbortController().signal;

beforeAll(async () => {
  host = await startTestAgentHost({ egressAllowLoopback: true });
  model = createServer(answerAsModel);
  await new Promise<void>((resolve) => model.listen(0, "127.0.0.1", resolve));
  modelUrl = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;
});
afterAll(async () => {
  model.close();
  model.closeAllConnections();
  await host.stop();
});

/** An OpenAI-compatible stand-in: echoes the last message in pieces, or does what the message says. */
async function answerAsModel(request: IncomingMessage, response: import("node:http").ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString() || "{}");
  asked.push({ authorization: request.headers.authorization, body });
  const text: string = body.messages?.at(-1)?.content ?? "";
  if (text === "redirect") return void response.writeHead(307, { location: "http://169.254.169.254/latest/" }).end();
  if (text === "refuse") return void response.writeHead(401).end(JSON.stringify({ error: { message: `bad key ${apiKey}` } }));
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.on("close", () => {
    modelRequestsClosed += 1;
  });
  const piece = (content: string) => response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
  if (text === "forever") return void piece("begun");
  for (const word of text.split(" ")) piece(`${word} `);
  response.end(`data: ${JSON.stringify({ choices: [], usage: { total_tokens: 21 } })}\n\ndata: [DONE]\n\n`);
}

async function place(name: string, env: Record<string, string> = {}): Promise<Placement> {
  const directory = join("examples", name);
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(directory, "agent.config.json"), "utf8")));
  const { code } = await host.provider.build({ directory, entrypoint: manifest.entrypoint }, { signal: never() });
  const networkAllow = manifest.network?.allow;
  const placement = placementOf(code, { ...manifest.limits, ...(networkAllow ? { networkAllow } : {}) });
  host.house.env.set(placement.deploymentId, env);
  await host.provider.deploy(placement, { signal: never() });
  await host.provider.activate(placement, { signal: never() });
  return placement;
}

const ask = async (placement: Placement, prompt: string, sessionId = newId("agentSession")) =>
  host.provider.invoke(placement, invocationOf(prompt, { sessionId }), { signal: never() });

describe("the examples", () => {
  it("hello streams word by word", async () => {
    const placement = await place("hello");
    const events = await collectEvents(await host.provider.stream(placement, invocationOf("good morning"), { signal: never() }));
    const words = events.flatMap((event) => (event.event === "delta" ? [event.data.text] : []));
    expect(words.length).toBeGreaterThan(10);
    expect(words.join("")).toContain("“good morning”");
  });

  it("counter counts per session and can be reset", async () => {
    const placement = await place("counter");
    const sessionId = newId("agentSession");
    expect((await ask(placement, "hi", sessionId)).output.text).toContain("first message");
    expect((await ask(placement, "hi", sessionId)).output.text).toContain("message 2");
    expect((await ask(placement, "reset", sessionId)).output.text).toContain("nothing");
    expect((await ask(placement, "hi", sessionId)).output.text).toContain("first message");
  });

  it("secrets-check says what is set without saying what it is", async () => {
    const placement = await place("secrets-check", { DEMO_SECRET: "abcdefgh" });
    expect((await ask(placement, "?")).output.text).toBe("DEMO_SECRET is set and has 8 characters.\nDEMO_OPTIONAL is not set.");
  });

  describe("llm-proxy", () => {
    const open = () => place("llm-proxy", { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: modelUrl });

    it("streams the model's words with the user's key and reports its tokens", async () => {
      const placement = await open();
      const events = await collectEvents(
        await host.provider.stream(placement, invocationOf("eins zwei 三"), { signal: never() }),
      );
      expect(events.flatMap((event) => (event.event === "delta" ? [event.data.text] : [])).join("")).toBe("eins zwei 三 ");
      expect(events.find(({ event }) => event === "usage")?.data).toMatchObject({ tokens: 21 });
      expect(asked.at(-1)).toMatchObject({ authorization: `Bearer ${apiKey}`, body: { stream: true, model: "gpt-4o-mini" } });
    });

    it("says what the model refused, with the key masked", async () => {
      const failure = await ask(await open(), "refuse").catch((error: Error) => error.message);
      expect(failure).toContain("The model answered 401: bad key [secret]");
    });

    it("does not follow a redirect to the inside", async () => {
      const placement = await open();
      const failure = await ask(placement, "redirect").catch((error: Error) => error.message);
      expect(failure).toContain("403");
      const lines = await host.provider.logs(placement, { limit: 50 });
      expect(lines.map(({ line }) => line).join("\n")).toContain("169.254.169.254 leads to an address that is not public");
    });

    it("ends the request to the model within 100 ms when the caller leaves", async () => {
      const stream = await host.provider.stream(await open(), invocationOf("forever"), { signal: never() });
      await new Promise((resolve) => stream.once("readable", resolve));
      await expect.poll(() => asked.at(-1)?.body["messages"]).toEqual([{ role: "user", content: "forever" }]);
      const before = modelRequestsClosed;
      const leftAt = performance.now();
      stream.destroy();
      await expect.poll(() => modelRequestsClosed, { interval: 5 }).toBe(before + 1);
      // The promise is 100 ms; a busy machine gets some more before it is called broken.
      expect(performance.now() - leftAt).toBeLessThan(1_000);
    });
  });
});
