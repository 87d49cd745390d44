// An agent's address is public and answers nobody but the house: no signature, an old one, another's, or one over other bytes.
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dispatchHeaders } from "~/runtime/contract/dispatched-call";
import { callHeaders, callWindowMs, signedText } from "~/runtime/contract/signed-call";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";
import { createCloudflareProvider } from "./cloudflare-provider";
import { deriveScriptKey, hmacHex } from "./derive-script-key";
import { scriptNameOf } from "./script-name";

const never = () => new AbortController().signal;
const echo = "export default (request) => request.input.messages.at(-1).content;";

type Knock = {
  key?: Buffer;
  timestamp?: number;
  method?: string;
  path?: string;
  body?: string;
  signedPath?: string;
  signedBody?: string;
};

for (const namespaces of [[], ["agents"]]) {
  describe(namespaces.length === 0 ? "as a script of the account" : "in a dispatch namespace", () => {
    let rig: CloudflareRig;
    let target: { deploymentId: string; agentId: string; workspaceId: string };
    let name: string;

    beforeAll(async () => {
      rig = await openCloudflareRig({ namespaces });
      const placement = await buildPlacement(rig.provider, echo);
      await rig.provider.deploy(placement, { signal: never() });
      target = placement;
      name = scriptNameOf("test", placement);
    });

    afterAll(() => rig.close());

    const own = () => deriveScriptKey(rig.needs.rootKeys[0] as Buffer, name);

    /** Straight at the address, and past the dispatcher where there is one: at the script itself. */
    async function knock({ key, timestamp = Date.now(), method = "POST", path = "/invoke", body = "{}", ...signed }: Knock) {
      const digest = createHash("sha256")
        .update(signed.signedBody ?? body)
        .digest("hex");
      const text = signedText({ timestamp: String(timestamp), method, path: signed.signedPath ?? path, digest });
      const headers: Record<string, string> = {
        [callHeaders.timestamp]: String(timestamp),
        [callHeaders.digest]: digest,
        ...(key ? { [callHeaders.signature]: `v1=${hmacHex(key, text)}` } : {}),
        ...(namespaces.length === 0 ? { "x-host": name } : { "x-stand-in-script": `agents/${name}` }),
      };
      return sendTo(rig, { name, method, path, headers, body });
    }

    const call = () => JSON.stringify({ call: invocationOf("let me in"), eventId: "evt_x" });

    it("answers who signs as the house does", async () => {
      const answer = await knock({ key: own(), body: call() });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain("let me in");
    });

    it.each<[string, () => Knock]>([
      ["nobody's signature", () => ({})],
      ["a key of one's own", () => ({ key: randomBytes(32) })],
      ["the key of another script", () => ({ key: deriveScriptKey(rig.needs.rootKeys[0] as Buffer, `${name}0`) })],
      ["a signature of before", () => ({ key: own(), timestamp: Date.now() - callWindowMs - 1_000 })],
      ["a signature of later", () => ({ key: own(), timestamp: Date.now() + callWindowMs + 1_000 })],
      ["a signature for another body", () => ({ key: own(), signedBody: "{ }" })],
      ["a signature for another path", () => ({ key: own(), signedPath: "/state" })],
    ])("is refused without a word: %s", async (_name, of) => {
      for (const path of ["/invoke", "/state", "/logs?limit=5", "/"]) {
        const wrong = of();
        if (wrong.signedPath === path) continue;
        const answer = await knock({ ...wrong, path, body: wrong.signedBody ? "{}" : call() });
        expect(answer.status, path).toBe(401);
        expect(await answer.text()).toBe("");
      }
    });

    it("what opens the door in front of the script does not come in with the call", async () => {
      const { process } = rig.standIn.account.shelf.list().find((script) => script.name === name) ?? {};
      expect((await rig.provider.invoke(target, invocationOf("in"), { signal: never() })).output.text).toBe("in");
      expect(process?.heardHeaders).toContain(callHeaders.signature);
      for (const header of Object.values(dispatchHeaders)) expect(process?.heardHeaders).not.toContain(header);
    });

    it("a key of a former root key still opens what was placed under it, and a refresh takes the new one", async () => {
      const rotated = createCloudflareProvider({ ...rig.needs, rootKeys: [randomBytes(32), ...rig.needs.rootKeys] });
      const ask = async () => (await rotated.invoke(target, invocationOf("still"), { signal: never() })).output.text;
      expect(await ask()).toBe("still");
      await rotated.refreshSecrets(target, { signal: never() });
      expect(await ask()).toBe("still");
      const stranger = createCloudflareProvider({ ...rig.needs, rootKeys: [randomBytes(32)] });
      const error = await stranger.invoke(target, invocationOf("?"), { signal: never() }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: false, details: { reason: "script_key" } });
    });
  });
}

type Sending = { name: string; method: string; path: string; headers: Record<string, string>; body: string };

async function sendTo(
  rig: CloudflareRig,
  { name, method, path, headers, body }: Sending,
): Promise<{ status: number; text(): Promise<string> }> {
  const { request } = await import("undici");
  const { "x-host": host, ...others } = headers;
  const answer = await request(new URL(path, `${rig.standIn.config.agents?.origin}`), {
    method: method as "POST",
    headers: { ...others, host: `${host ?? name}.${rig.standIn.account.subdomain}.workers.dev` },
    body,
  });
  return { status: answer.statusCode, text: () => answer.body.text() };
}
