// Each house rule goes red on a snippet that breaks it and stays green on one that keeps it.
import { describe, expect, test } from "vitest";
import { readHouseFile } from "./house-file";
import { houseRules } from "./rules";

type Snippet = { path: string; text: string };
type Pair = { red: Snippet[]; green: Snippet[] };

const at = (path: string, text: string): Snippet => ({ path, text });
const verb = "server/agents/create-agent.ts";
const spec = "server/agents/create-agent.test.ts";
/** Put together here, so that this file does not break the rules it tests. */
const later = ["TO", "DO"].join("");
const cast = ["as", "WorkspaceScope"].join(" ");
const home = ["", "home", "ada", "project"].join("/");
const skip = ["it", "skip"].join(".");

const pairs: Record<string, Pair> = {
  "file-name": {
    red: [
      at("server/agents/utils.ts", ""),
      at("server/shared/agents.ts", ""),
      at("server/agents/index.ts", ""),
      at("server/agents/CreateAgent.ts", ""),
      at("server/agents/agents.service.ts", ""),
      at("app/Agents/agent-card.tsx", ""),
    ],
    green: [
      at(verb, ""),
      at("server/agents/agents.contract.ts", ""),
      at("app/routes/_index.tsx", ""),
      at("app/entry.server.tsx", ""),
      at("vite.config.ts", ""),
    ],
  },
  import: {
    red: [
      at(verb, 'import { a } from "../../db/client";'),
      at(verb, 'import { a } from "~/db/client.ts";'),
      at(verb, 'const a = await import("../../x");'),
      at(verb, 'export { a } from "./a";\nexport * from "./b";'),
    ],
    green: [at(verb, 'import { a } from "~/db/client";\nimport { b } from "./b";\nexport function c() {\n  return a + b;\n}')],
  },
  "long-file": {
    red: [at(verb, "a();\n".repeat(301))],
    green: [at(verb, "a();\n".repeat(300)), at("docs/long.md", "a\n".repeat(900))],
  },
  "big-function": {
    red: [
      at(verb, `function f() {\n${"  a();\n".repeat(49)}}`),
      at(verb, "function f(a, b, c, d, e) {}"),
      at(verb, "const f = () => { for (;;) { if (a) { while (b) { if (c) d(); } } } };"),
    ],
    green: [
      at(verb, `function f(a, b, c, d) {\n${"  a();\n".repeat(48)}}`),
      at(verb, "function f() { for (;;) { if (a) { try { b(); } finally { c(() => { if (d) e(); }); } } } }"),
      at(verb, "function f() { if (a) b(); else if (c) d(); else if (e) g(); else if (h) i(); else j(); }"),
      at(verb, `function f() {\n  function g() {\n${"    a();\n".repeat(40)}  }\n${"  a();\n".repeat(40)}}`),
      at(spec, `describe("x", () => {\n${"  a();\n".repeat(90)}});`),
    ],
  },
  opening: {
    red: [at(verb, 'import { a } from "~/a";'), at(verb, "// Agents"), at("app/styles.css", "body { margin: 0 }")],
    green: [
      at(verb, "// Makes one agent in a workspace."),
      at("launch/bootstrap.mjs", "#!/usr/bin/env node\n// Starts everything there is."),
      at("app/styles.css", "/* The tokens of every screen. */"),
      at("remix.config.js", "/**\n * The one place of Remix's options.\n */"),
    ],
  },
  "env-read": {
    red: [at(verb, "const a = process.env.PORT;"), at("runtime/agent-host/main.ts", 'read(process.env["A"]);')],
    green: [
      at("server/config.ts", "read(process.env);"),
      at("launch/start.ts", "spawn({ env: process.env });"),
      at(spec, "process.env.A;"),
    ],
  },
  "trpc-error": {
    red: [at(verb, 'throw new TRPCError({ code: "NOT_FOUND" });')],
    green: [
      at("server/trpc/init.ts", 'throw new TRPCError({ code: "NOT_FOUND" });'),
      at(verb, 'throw new AppError("NOT_FOUND", "x");'),
    ],
  },
  console: {
    red: [at(verb, 'console.log("x");'), at("app/root.tsx", "globalThis.console.error(e);")],
    green: [at(verb, 'needs.log.info("x");'), at("examples/hello/src/main.ts", 'console.log("hello");')],
  },
  "swallowed-error": {
    red: [
      at(verb, "try { a(); } catch {}"),
      at(verb, "try { a(); } catch (error) { b(); }"),
      at(verb, "await a().catch(() => {});"),
      at(verb, "await a().catch(() => undefined);"),
    ],
    green: [
      at(verb, "try { a(); } catch (error) { log(error); }"),
      at(verb, "try { a(); } catch {\n  // Gone already, which is what we want.\n}"),
      at(verb, "// The process may have ended by itself.\nawait a().catch(() => undefined);"),
      at(verb, "try { a(); } catch { b = 1; }"),
      at(verb, "await client.end().catch(() => {});"),
      at(verb, "function f() { try { return JSON.parse(a); } catch { return null; } }"),
    ],
  },
  "forged-scope": {
    red: [at(verb, `const scope = {} ${cast};`), at("server/testing/factories.ts", `const scope = x as unknown ${cast};`)],
    green: [at("server/auth/mint-scope.ts", `return {} ${cast};`), at(verb, "function f(scope: WorkspaceScope) {}")],
  },
  "raw-html": {
    red: [
      at("app/agents/answer.tsx", "<p dangerouslySetInnerHTML={{ __html: text }} />"),
      at("app/a.ts", "node.innerHTML = text;"),
    ],
    green: [at("app/agents/answer.tsx", "<p>{text}</p>")],
  },
  "unguarded-form": {
    red: [
      at("app/routes/a.tsx", "export async function action({ request }) { return save(await request.formData()); }"),
      at("app/routes/a.tsx", "export async function action({ context }) { return context.api().save(); }"),
      at("app/routes/a.tsx", "export const action = async ({ request }) => save(await request.json());"),
    ],
    green: [
      at("app/routes/a.tsx", "export async function action(args) { return save(await formOf(args)); }"),
      at("app/form-of.ts", "export async function formOf({ request }) { return request.formData(); }"),
      at("app/routes/b.tsx", "export async function loader() { return null; }"),
    ],
  },
  "test-sleep": {
    red: [
      at(spec, "await new Promise((resolve) => setTimeout(resolve, 100));"),
      at(spec, "await new Promise((done) => setTimeout(() => done(1), 100));"),
      at(spec, 'import { setTimeout } from "node:timers/promises";'),
      at("e2e/walk.ts", "await page.waitForTimeout(500);"),
    ],
    green: [
      at(spec, "await vi.waitFor(() => expect(a()).toBe(1));"),
      at(
        spec,
        "await new Promise((resolve, reject) => { stream.on('end', resolve); setTimeout(() => reject(new Error('late')), 9); });",
      ),
      at("server/queue/redis-queue.ts", "await new Promise((resolve) => setTimeout(resolve, 100));"),
      at("e2e/api-client.ts", "for (;;) await new Promise((resolve) => setTimeout(resolve, 100));"),
    ],
  },
  "silenced-test": {
    red: [
      at(spec, `${skip}("x", () => {});`),
      at(spec, 'describe.only("x", () => {});'),
      at(spec, 'test.todo("x");'),
      at(spec, 'fit("x");'),
    ],
    green: [at(spec, 'it.skipIf(onMac)("x", () => {});'), at(spec, 'it("x", () => {});'), at(verb, "query.skip(3);")],
  },
  "unfinished-work": {
    red: [at(verb, `// ${later}: later`), at("docs/a.md", `<!-- ${later} -->`)],
    green: [at(verb, "// Done at once, because later never comes.")],
  },
  "machine-path": {
    red: [
      at("docs/a.md", `Go to ${home}.`),
      at(verb, `const path = "${home}";`),
      at(verb, `const from = "https://${"registry"}.example.test/x";`),
    ],
    green: [at(verb, 'const path = "/usr/bin/chromium";'), at("docs/a.md", "Open http://127.0.0.1:3000/home of the product.")],
  },
  "uncapped-input": {
    red: [
      at("server/a/a.contract.ts", "export const AInput = z.object({ a: z.string() });"),
      at("server/a/a.contract.ts", "export const AInput = z.object({ a: z.string().trim().min(1) });"),
      at("server/a/a.contract.ts", "export const AInput = z.object({ a: z.array(z.number()) });"),
    ],
    green: [
      at(
        "server/a/a.contract.ts",
        "export const AInput = z.object({ a: z.string().trim().min(1).max(9), b: z.array(B).max(3) });",
      ),
      at("server/a/a.contract.ts", "export const AItem = z.object({ a: z.string() });"),
    ],
  },
  "misnamed-verb": {
    red: [at(verb, "export function makeAgent() {}"), at(verb, "function createAgent() {}")],
    green: [
      at(verb, "export async function createAgent() {}"),
      at("server/agents/agent-names.ts", "export function nameOf() {}"),
    ],
  },
  "exported-arrow": {
    red: [at(verb, "export const createAgent = async () => {};")],
    green: [
      at(verb, "export async function createAgent() {}\nconst half = (a) => a / 2;"),
      at("app/routes/a.tsx", "export const meta: MetaFunction = () => [];"),
    ],
  },
  "endless-fetch": {
    red: [at(verb, "await fetch(url);"), at(verb, 'await fetch(url, { method: "POST" });')],
    green: [at(verb, "await fetch(url, { signal: AbortSignal.timeout(5_000) });"), at(verb, "await guardedFetch(url);")],
  },
  "lost-deadline": {
    red: [at(verb, "const life = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);")],
    green: [
      at(verb, "const life = AbortSignal.any([signal, other]);"),
      at(verb, "const life = withDeadline(5_000, signal);"),
      at(spec, "const life = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);"),
    ],
  },
  "unparsed-procedure": {
    red: [
      at(
        "server/a/a.router.ts",
        "export const a = router({ b: workspaceProcedure('x').mutation(({ ctx, input }) => c(ctx, input)) });",
      ),
    ],
    green: [
      at("server/a/a.router.ts", "export const a = router({ b: p.input(BInput).mutation(({ ctx, input }) => c(ctx, input)) });"),
      at("server/a/a.router.ts", "export const a = router({ b: p.query(({ ctx }) => c(ctx)) });"),
    ],
  },
};

function found(rule: string, { path, text }: Snippet) {
  return houseRules[rule]?.find(readHouseFile(path, text)) ?? [];
}

test("every rule has a snippet that breaks it and one that keeps it", () => {
  expect(Object.keys(pairs).sort()).toEqual(Object.keys(houseRules).sort());
});

describe.each(Object.entries(pairs))("%s", (rule, { red, green }) => {
  test.each(red)("goes red: $path $text", (snippet) => {
    expect(found(rule, snippet)).not.toEqual([]);
  });

  test.each(green)("stays green: $path $text", (snippet) => {
    expect(found(rule, snippet)).toEqual([]);
  });
});
