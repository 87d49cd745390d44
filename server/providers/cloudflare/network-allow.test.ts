// `network.allow` holds at Cloudflare: inside the isolate, and in a dispatch namespace outside of it too.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import type { Sent } from "~/server/testing/cloudflare-stand-in/answer-outgoing";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";

const never = () => new AbortController().signal;
const sent: Sent[] = [];

/** Answers what the evaluated way out answered, or how it was refused. */
const agentOf = (way: string) => `export default async () => {
  const way = async () => { ${way} };
  try { return "got " + (await way()); } catch (thrown) { return "refused: " + thrown.message; }
};`;

function internet({ url, ...rest }: Sent) {
  sent.push({ url, ...rest });
  const host = new URL(url).hostname;
  if (host === "leads.example.com") return { status: 302, headers: { location: "https://evil.example.net/loot" } };
  if (host === "near.example.com") return { status: 307, headers: { location: "https://api.example.com/end" } };
  return { status: 200, body: `reached ${host}` };
}

const allow = ["api.example.com", "*.example.com"];
const evil = "https://evil.example.net/";

const waysOut: readonly (readonly [string, string])[] = [
  ["fetch", `return (await fetch("${evil}")).text();`],
  ["fetch of a Request", `return (await fetch(new Request("${evil}"))).text();`],
  [
    "fetch of the global's own chain",
    `return (await Object.getPrototypeOf(globalThis).fetch.call(globalThis, "${evil}")).text();`,
  ],
  ["fetch after it was deleted", `delete globalThis.fetch; return (await globalThis.fetch("${evil}")).text();`],
  ["fetch after it was replaced", `globalThis.fetch = undefined; return (await fetch("${evil}")).text();`],
  ["a redirect", `return (await fetch("https://leads.example.com/")).text();`],
  ["plain http", `return (await fetch("http://api.example.com/")).text();`],
  ["WebSocket", `new WebSocket("wss://evil.example.net/"); return "a socket";`],
  ["EventSource", `new EventSource("${evil}"); return "a source";`],
  [
    "a built-in module by a made-up name",
    `const { connect } = process.getBuiltinModule(["no", "de:n", "et"].join("")); connect(443, "evil.example.net"); return "a socket";`,
  ],
  [
    "the runtime's own module by a made-up name",
    `const { env } = process.getBuiltinModule(["cloud", "flare:work", "ers"].join("")); return Object.keys(env).join();`,
  ],
  ["a name that ends alike", `return (await fetch("https://evilexample.com/")).text();`],
];

for (const namespaces of [[], ["agents"]]) {
  describe(namespaces.length === 0 ? "as a script of the account" : "in a dispatch namespace", () => {
    let rig: CloudflareRig;

    beforeAll(async () => {
      rig = await openCloudflareRig({ namespaces, internet });
    });

    afterAll(() => rig.close());

    async function run(way: string, networkAllow: string[] | undefined = allow): Promise<string> {
      const placement = await buildPlacement(rig.provider, agentOf(way), networkAllow ? { networkAllow } : {});
      await rig.provider.deploy(placement, { signal: never() });
      sent.length = 0;
      return (await rig.provider.invoke(placement, invocationOf("go"), { signal: never() })).output.text;
    }

    it.each(waysOut)("%s reaches no host that is not listed", async (_name, way) => {
      const answer = await run(way);
      expect(answer).toMatch(/^refused: /);
      const agents = sent.filter(({ url }) => !url.includes("/v1/telemetry/"));
      expect(agents.map(({ url }) => new URL(url).hostname)).not.toContain("evil.example.net");
    });

    it("reaches hosts that are listed, and follows where they lead to others that are", async () => {
      expect(await run(`return (await fetch("https://api.example.com/")).text();`)).toBe("got reached api.example.com");
      expect(await run(`return (await fetch("https://near.example.com/")).text();`)).toBe("got reached api.example.com");
    });

    it("what a call used is reported whatever its agent may reach", async () => {
      await run(`return "nothing";`, []);
      await expect.poll(() => sent.map(({ url }) => url)).toEqual(["http://127.0.0.1:9/v1/telemetry/report"]);
    });

    it("an empty list reaches nothing, no list anything public", async () => {
      expect(await run(`return (await fetch("https://api.example.com/")).text();`, [])).toMatch(
        /^refused: .*not in network.allow/,
      );
      const placement = await buildPlacement(rig.provider, agentOf(`return (await fetch("${evil}")).text();`));
      await rig.provider.deploy(placement, { signal: never() });
      const answer = await rig.provider.invoke(placement, invocationOf("go"), { signal: never() });
      expect(answer.output.text).toBe("got reached evil.example.net");
    });

    it.each(["cloudflare:sockets", "node:net", "node:tls", "node:https"])(
      "an agent that imports %s is not placed with a list",
      async (module) => {
        const source = `import * as way from "${module}"; export default () => String(way.connect);`;
        const placement = await buildPlacement(rig.provider, source, { networkAllow: allow });
        await expect(rig.provider.deploy(placement, { signal: never() })).rejects.toThrow(`imports "${module}"`);
      },
    );

    it("the module that holds all bindings cannot be imported", async () => {
      const source = `import { env } from "cloudflare:workers"; export default () => Object.keys(env).join();`;
      await expect(buildPlacement(rig.provider, source)).rejects.toThrow('"cloudflare:workers" cannot be imported here');
    });
  });
}
