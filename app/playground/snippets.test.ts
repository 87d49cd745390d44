// Snippets are pasted into terminals and files: whatever was typed must arrive as it was typed, and run nothing else.
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { asCurl, asHttp, asPython, asTypeScript, type Call } from "./snippets";

const awkward = `it's "quoted" \`date\` $(date) \\ \n second line ''' """ 🌍 \${HOME}`;

const call: Call = {
  origin: "http://127.0.0.1:3000",
  agentId: "agt_01JD0000000000000000000000",
  deploymentId: null,
  body: { input: { messages: [{ role: "user", content: awkward }] }, sessionId: "ses_01JD0000000000000000000000" },
};
/** A session is its person's: for the key that a snippet runs with there is none of that id. */
const { sessionId, ...byKey } = call.body;

describe("a snippet with awkward text", () => {
  test("as curl reaches the program unchanged through a shell", () => {
    const printing = `curl() { for word; do last="$word"; done; printf %s "$last"; }\n${asCurl(call)}`;
    expect(JSON.parse(execFileSync("sh", ["-c", printing], { encoding: "utf8" }))).toEqual(byKey);
  });

  test("as TypeScript sends the same body", async () => {
    const sent: string[] = [];
    const fetchInstead = async (_url: string, options: { body: string }) => {
      sent.push(options.body);
      return { ok: true, body: [] };
    };
    const run = new Function("fetch", `return (async () => { ${asTypeScript(call)} })()`);
    await run(fetchInstead);
    expect(JSON.parse(sent[0] ?? "")).toEqual(byKey);
  });

  test("as Python holds the body as one literal without any word that only JSON knows", () => {
    const literal = /json\.dumps\(([\s\S]*)\)\.encode/.exec(asPython(call))?.[1] ?? "";
    expect(JSON.parse(literal)).toEqual(byKey);
    expect(literal.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")).not.toMatch(/true|false|null/);
  });

  test("names the session where it shows what went over the wire, and nowhere else", () => {
    expect(asHttp(call)).toContain(sessionId);
    for (const form of [asCurl, asTypeScript, asPython]) expect(form(call)).not.toContain("sessionId");
  });

  test("names the version in every form when it is not the live one, and only then", () => {
    const chosen: Call = { ...call, deploymentId: "dep_01JD0000000000000000000000" };
    for (const form of [asCurl, asTypeScript, asPython, asHttp]) {
      expect(form(chosen)).toMatch(/x-deployment-id\W+dep_01JD0000000000000000000000/i);
      expect(form(call)).not.toMatch(/deployment/i);
    }
  });
});
