// Resend's API, stood in for on loopback: what is asked of it, and what each of its answers means for the letter.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "~/server/log";
import { createResendCarrier } from "./create-resend-carrier";

const asked: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
let status = 200;
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    asked.push({ url: request.url, headers: request.headers, body });
    response.writeHead(status, { location: "http://127.0.0.1:1/" }).end("{}");
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const mail = { to: "ada@example.test", subject: "S", text: "t", html: "<p>t</p>" };
const log = createLog({ program: "test", level: "silent" });
const own = () => (server.address() as AddressInfo).port;
const carrierAt = (port: number) =>
  createResendCarrier({ apiKey: "re_123", from: "a@host.example", origin: new URL(`http://127.0.0.1:${port}`), log });

test("a letter is handed over with the key, the sender, and a name by which Resend knows it again", async () => {
  status = 200;
  expect(await carrierAt(own()).deliver("mal_1", mail)).toEqual({ outcome: "sent" });
  expect(asked.at(-1)).toMatchObject({ url: "/emails", headers: { authorization: "Bearer re_123", "idempotency-key": "mal_1" } });
  expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({ ...mail, to: [mail.to], from: "a@host.example" });
});

test.each([
  [422, "refused"],
  [401, "later"],
  [429, "later"],
  [500, "later"],
  [302, "later"],
])("an answer of %i means %s", async (answer, outcome) => {
  status = answer;
  expect(await carrierAt(own()).deliver("mal_1", mail)).toMatchObject({ outcome });
});

test("no answer at all means later", async () => {
  expect(await carrierAt(1).deliver("mal_1", mail)).toMatchObject({ outcome: "later", why: "Resend could not be reached." });
});
