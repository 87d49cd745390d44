// Does an address have an account? Every public procedure and every page answers the same bytes and does the same counted work (MISSION B3).
import { hash } from "@node-rs/bcrypt";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { issueCsrfToken } from "~/server/http/csrf-token";
import { newId } from "~/server/ids";
import { createTestUser } from "~/server/testing/factories";
import { loadPages } from "~/server/testing/load-pages";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { recordWork, type Work } from "~/server/testing/record-work";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { idsBy, missingIds } from "./named-ids";
import { procedureRows } from "./procedure-rows";

vi.mock("@node-rs/bcrypt", async (original) => {
  const { countHashes } = await import("~/server/testing/count-hashes");
  return countHashes(await original());
});

const traceId = newId("trace");
const browser = "A".repeat(22);
const missing = idsBy((name) => missingIds[name]());
const kinds = ["nobody's", "a person's", "a person's without a password", "an unconfirmed person's", "a disabled person's"];

let services: TestServices;
let doors: OpenDoors;
const addresses = new Map<string, string>();

beforeAll(async () => {
  services = await createTestServices();
  doors = await openDoors(services, (await loadPages()).handler);
  const passwordHash = await hash("the right password", 4);
  for (const [place, kind] of kinds.entries()) {
    // All of one length, so that no answer may differ by it.
    const email = `person-${place}@example.test`;
    addresses.set(kind, email);
    if (kind === "nobody's") continue;
    const person = await createTestUser(services, {
      email,
      ...(kind.includes("without") ? {} : { passwordHash }),
      emailVerified: !kind.includes("unconfirmed"),
    });
    if (kind.includes("disabled")) {
      await services.owner.updateTable("users").set({ disabledAt: new Date() }).where("id", "=", person.id).execute();
    }
  }
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});

type Seen = { bytes: string; work: Work };

/** What came back, with the address that was typed taken out of it. */
async function ask(email: string, url: string, asked: { headers: Record<string, string>; payload: string }): Promise<Seen> {
  await services.redis.flushdb();
  const { answer, work } = await recordWork(async () =>
    doors.app.inject({
      method: "POST",
      url,
      ...asked,
      headers: { origin: doors.door.origin, "x-trace-id": traceId, cookie: `whs_browser=${browser}`, ...asked.headers },
    }),
  );
  const { date: _date, ...headers } = answer.headers;
  const text = JSON.stringify([answer.statusCode, headers, answer.body]).replace(/nonce-[\w+/=]+/g, "nonce");
  return { bytes: text.replaceAll(email, "EMAIL").replaceAll(encodeURIComponent(email), "EMAIL"), work };
}

/** The public procedures whose input holds an address, as the table of the walk knows them. */
const withAddress = Object.entries(procedureRows).flatMap(([path, row]) => {
  const input = row.input(missing);
  return row.who === "anybody" && typeof input === "object" && input !== null && "email" in input ? [{ path, input }] : [];
});

describe("a public procedure that takes an address", () => {
  it("is known", () => {
    const known = ["accounts.signUp", "accounts.resendVerification", "accounts.signIn", "accounts.requestPasswordReset"];
    expect(withAddress.map(({ path }) => path)).toEqual(expect.arrayContaining(known));
  });

  for (const { path, input } of withAddress) {
    it(`${path} answers the same for every kind of account, with as many hashes`, async () => {
      const seen: Seen[] = [];
      for (const email of addresses.values()) {
        const payload = JSON.stringify({ json: { ...input, email } });
        seen.push(await ask(email, `/trpc/${path}`, { headers: { "content-type": "application/json" }, payload }));
      }
      expect(new Set(seen.map(({ bytes }) => bytes))).toHaveLength(1);
      expect(new Set(seen.map(({ work }) => work.hashes))).toHaveLength(1);
      expect(new Set(seen.map(({ work }) => JSON.stringify(work.redis)))).toHaveLength(1);
      expect(new Set(seen.map(({ work }) => JSON.stringify(work.statements)))).toHaveLength(1);
    });
  }
});

describe("a page with a form for an address", () => {
  for (const path of ["/sign-in", "/sign-up", "/reset", "/verify/sent"]) {
    it(`${path} answers the same for every kind of account`, async () => {
      const seen = new Set<string>();
      for (const email of addresses.values()) {
        const csrf = issueCsrfToken(services.config.sessionSecret, `browser:${browser}`);
        const form = { csrf, email, displayName: "N", password: "not the right one", to: "" };
        const payload = new URLSearchParams(form).toString();
        seen.add(
          (await ask(email, `${path}.data`, { headers: { "content-type": "application/x-www-form-urlencoded" }, payload })).bytes,
        );
      }
      expect([...seen].map((bytes) => bytes.slice(0, 300))).toHaveLength(1);
    });
  }
});

/** The public procedures whose input holds a token. */
const withToken = Object.entries(procedureRows).flatMap(([path, row]) => {
  const input = row.input(missing);
  return row.who === "anybody" && typeof input === "object" && input !== null && "token" in input ? [{ path, input }] : [];
});

describe("a public procedure that takes a token", () => {
  for (const { path, input } of withToken) {
    it(`${path} answers the same for every token that is none, and hashes no password for it`, async () => {
      const seen: Seen[] = [];
      for (const token of ["0".repeat(64), "f".repeat(64), "0".repeat(63), "token", ""]) {
        const payload = JSON.stringify({ json: { ...input, token } });
        seen.push(await ask(token || "EMAIL", `/trpc/${path}`, { headers: { "content-type": "application/json" }, payload }));
      }
      expect(new Set(seen.map(({ bytes }) => bytes))).toHaveLength(1);
      expect(seen.map(({ work }) => work.hashes)).toEqual(seen.map(() => 0));
    });
  }
});
