// The stand-in refuses what Cloudflare refuses: a request that is wrong in one way only, for each way that we know of.
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CloudflareStandIn, startCloudflareStandIn } from "./start-cloudflare-stand-in";

let standIn: CloudflareStandIn;

beforeAll(async () => {
  standIn = await startCloudflareStandIn({ namespaces: ["agents"] });
});

afterAll(() => standIn.stop());

const code = "export default { fetch() { return new Response('hello'); } };";
const withObjects = `import { DurableObject } from "cloudflare:workers"; class Store extends DurableObject {} ${code} export { Store };`;
const good = { main_module: "w.js", compatibility_date: "2026-11-01" };

type Form = { metadata?: unknown; metadataType?: string; module?: string; moduleName?: string; moduleType?: string };

function formOf(given: Form): FormData {
  const form = new FormData();
  const { metadata = good, metadataType = "application/json", module = code } = given;
  form.append("metadata", new Blob([JSON.stringify(metadata)], { type: metadataType }));
  const name = given.moduleName ?? "w.js";
  form.append(name, new File([module], name, { type: given.moduleType ?? "application/javascript+module" }));
  return form;
}

async function ask(method: string, path: string, body?: FormData | string, token = standIn.account.token) {
  const url = `${standIn.config.api.href}/accounts/${standIn.account.id}${path}`;
  const answer = await fetch(url, { method, headers: { authorization: `Bearer ${token}` }, ...(body ? { body } : {}) });
  const { success, errors } = (await answer.json()) as { success: boolean; errors: { code: number }[] };
  return { status: answer.status, success, codes: errors.map((error) => error.code) };
}

describe("uploads", () => {
  it("takes one that is right, twice, and runs it", async () => {
    expect(await ask("PUT", "/workers/scripts/right", formOf({}))).toEqual({ status: 200, success: true, codes: [] });
    expect((await ask("PUT", "/workers/scripts/right", formOf({}))).success).toBe(true);
  });

  it.each<[string, string, Form]>([
    ["metadata that is not said to be JSON", "wrong", { metadataType: "text/plain" }],
    ["no date", "wrong", { metadata: { main_module: "w.js" } }],
    ["a date to come", "wrong", { metadata: { ...good, compatibility_date: "2099-01-01" } }],
    ["a field that nobody knows", "wrong", { metadata: { ...good, limit: {} } }],
    ["a binding that nobody knows", "wrong", { metadata: { ...good, bindings: [{ type: "secret", name: "A", text: "b" }] } }],
    [
      "a binding's name twice",
      "wrong",
      { metadata: { ...good, bindings: ["1", "2"].map((text) => ({ type: "plain_text", name: "A", text })) } },
    ],
    [
      "a value of more than 5 KB",
      "wrong",
      { metadata: { ...good, bindings: [{ type: "secret_text", name: "A", text: "x".repeat(5_121) }] } },
    ],
    ["a ninth tag", "wrong", { metadata: { ...good, tags: Array.from({ length: 9 }, (_, place) => `t${place}`) } }],
    ["a comma in a tag", "wrong", { metadata: { ...good, tags: ["a,b"] } }],
    ["more CPU than there is", "wrong", { metadata: { ...good, limits: { cpu_ms: 300_001 } } }],
    ["a module of another name", "wrong", { moduleName: "x.js" }],
    ["a module of the old kind", "wrong", { moduleType: "application/javascript" }],
    ["a name with capitals", "Wrong", {}],
    ["a name of 64 characters", "w".repeat(64), {}],
    ["a module that throws", "wrong", { module: `throw new Error("no"); ${code}` }],
    ["a module that does not parse", "wrong", { module: "export default {" }],
    [
      "objects of a class that was not made",
      "wrong",
      { metadata: { ...good, bindings: [{ type: "durable_object_namespace", name: "A", class_name: "Store" }] } },
    ],
    [
      "a class that is not exported",
      "wrong",
      { metadata: { ...good, migrations: { new_tag: "v1", new_sqlite_classes: ["Store"] } } },
    ],
    [
      "steps from where it is not",
      "wrong",
      { module: withObjects, metadata: { ...good, migrations: { old_tag: "v0", new_tag: "v1", new_sqlite_classes: ["Store"] } } },
    ],
  ])("refuses %s", async (_name, name, form) => {
    const { success, status } = await ask("PUT", `/workers/scripts/${name}`, formOf(form));
    expect({ success, isRefused: status >= 400 && status < 500 }).toEqual({ success: false, isRefused: true });
    expect(standIn.account.shelf.find(name, null)).toBeUndefined();
  });

  it("refuses the form that the SDK makes by itself, which Cloudflare cannot read either", async () => {
    const sdk = new Cloudflare({ apiToken: standIn.account.token, baseURL: standIn.config.api.href, maxRetries: 0 });
    const file = new File([code], "w.js", { type: "application/javascript+module" });
    const upload = sdk.workers.scripts.update("by-itself", { account_id: standIn.account.id, metadata: good, files: [file] });
    await expect(upload).rejects.toMatchObject({ status: 400, errors: [{ code: 10021 }] });
  });

  it("takes the steps of a migration once", async () => {
    const metadata = { ...good, migrations: { new_tag: "v1", new_sqlite_classes: ["Store"] } };
    expect((await ask("PUT", "/workers/scripts/steps", formOf({ module: withObjects, metadata }))).success).toBe(true);
    expect(await ask("PUT", "/workers/scripts/steps", formOf({ module: withObjects, metadata }))).toMatchObject({
      status: 412,
      codes: [10079],
    });
  });
});

describe("who asks, and for what", () => {
  it.each([
    ["another token", 401, "GET", "/workers/subdomain", "x".repeat(40)],
    ["a route that is none", 404, "GET", "/workers/scripts/a/b/c", undefined],
    ["a method that is none", 404, "POST", "/workers/scripts", undefined],
    ["a script that is not there", 404, "GET", "/workers/scripts/nobody/settings", undefined],
    ["a namespace that is not there", 404, "GET", "/workers/dispatch/namespaces/none/scripts", undefined],
    ["an address for a script of a namespace", 404, "POST", "/workers/dispatch/namespaces/agents/scripts/a/subdomain", undefined],
    ["a filter that cannot be read", 400, "GET", "/workers/scripts?tags=environment", undefined],
  ])("refuses %s", async (...[, status, method, path, token]) => {
    if (path.includes("tags=")) await ask("PUT", "/workers/scripts/tagged", formOf({ metadata: { ...good, tags: ["a"] } }));
    expect((await ask(method, path, undefined, token)).status).toBe(status);
  });

  it("a script answers at its address when it was published, and not at once", async () => {
    await ask("PUT", "/workers/scripts/shown", formOf({}));
    const { request } = await import("undici");
    const host = `shown.${standIn.account.subdomain}.workers.dev`;
    const knock = async () => {
      const { statusCode, body } = await request(standIn.config.agents?.href ?? "", { headers: { host } });
      await body.dump();
      return statusCode;
    };
    expect(await knock()).toBe(404);
    await ask("POST", "/workers/scripts/shown/subdomain", JSON.stringify({ enabled: true }));
    expect([await knock(), await knock()]).toEqual([404, 200]);
    expect((await ask("DELETE", "/workers/scripts/shown")).success).toBe(true);
    expect(await knock()).toBe(404);
    expect((await ask("DELETE", "/workers/scripts/shown")).status).toBe(404);
  });
});
