// The host's door opens to whoever shows the token, and to nobody else: for requests, and for channels, by which every stream would come.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { channelProtocol } from "~/runtime/contract/event-channel";
import { ChannelBook } from "./channel-book";
import { createHostLog } from "./host-log";
import { createHostServer, type HostActs } from "./host-server";
import { OpenWork } from "./open-work";

const token = "a".repeat(64);
let folder: string;
let channels: ChannelBook;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "whs-door-"));
  channels = new ChannelBook();
  const acts = { channels, answers: new OpenWork(), processes: () => ({ processes: [] }) } as unknown as HostActs;
  server = createHostServer(acts, { token, log: createHostLog("error") });
  await once(server.listen(join(folder, "host.sock")), "listening");
});
afterEach(() => {
  channels.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const proofs: [what: string, headers: Record<string, string>][] = [
  ["nothing", {}],
  ["another token", { authorization: `Bearer ${"b".repeat(64)}` }],
  ["the token's beginning", { authorization: `Bearer ${token.slice(1)}` }],
  ["the token of no scheme", { authorization: token }],
];

/** The status, and the connection when it was turned into a channel. */
function ask(path: string, headers: Record<string, string>): Promise<{ status: number; channel: Duplex | null }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: join(folder, "host.sock"), path, headers, agent: false });
    asked.once("upgrade", ({ statusCode = 0 }, socket) => resolve({ status: statusCode, channel: socket }));
    asked.once("response", (answer) => resolve({ status: answer.resume().statusCode ?? 0, channel: null }));
    asked.once("error", reject).end();
  });
}

const upgrade = { connection: "upgrade", upgrade: channelProtocol };
const channelPath = `/channels/${"0".repeat(32)}`;

it("opens a channel to whoever shows the token", async () => {
  const { status, channel } = await ask(channelPath, { ...upgrade, authorization: `Bearer ${token}` });
  expect(status).toBe(101);
  channel?.destroy();
});

it.each(proofs)("opens no channel to whoever shows %s, and answers them nothing", async (_what, headers) => {
  expect(await ask(channelPath, { ...upgrade, ...headers })).toEqual({ status: 401, channel: null });
  expect((await ask("/processes", headers)).status).toBe(401);
});

it.each([
  ["another path", "/processes", upgrade],
  ["a name that is none", "/channels/x", upgrade],
  ["another protocol", channelPath, { ...upgrade, upgrade: "websocket" }],
])("turns no connection into a channel for %s", async (_what, path, headers) => {
  expect(await ask(path, { ...headers, authorization: `Bearer ${token}` })).toEqual({ status: 400, channel: null });
});
