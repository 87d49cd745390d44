// A receiver of webhooks outside of the house: TLS on loopback, remembers what came, answers what the test says.
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import type { Network } from "~/server/net/network";

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };

export type Answer = { status: number; headers?: Record<string, string>; body?: string };

export type WebhookReceiver = {
  /** With its port. */
  host: string;
  /** For the configuration of a test. */
  network: Network;
  received: Received[];
  /** What names lead to, one after the other; else loopback. */
  addresses: string[];
  /** What is answered next, or who says it. `null`: nothing at all. */
  answer: Answer | ((received: Received) => Answer) | null;
  /** Called as each request has arrived. */
  onReceived: (() => void) | null;
  /** Ends what was not answered. */
  hangUp(): void;
  close(): Promise<void>;
};

const name = "hooks.example.test";
const taken = { status: 204 };

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const pems = await generate([{ name: "commonName", value: name }], {
    keySize: 2048,
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: name }] }],
  });
  const silent: ServerResponse[] = [];
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const received = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(pieces).toString() };
      receiver.received.push(received);
      receiver.onReceived?.();
      const answer = typeof receiver.answer === "function" ? receiver.answer(received) : receiver.answer;
      if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
      else silent.push(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    host: `${name}:${port}`,
    network: {
      allowLoopback: true,
      certificateAuthority: pems.cert,
      resolve: async () => [{ address: receiver.addresses.shift() ?? "127.0.0.1", family: 4 }],
    },
    received: [],
    addresses: [],
    answer: taken,
    onReceived: null,
    hangUp: () => {
      for (const response of silent.splice(0)) response.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

export function resetReceiver(receiver: WebhookReceiver): void {
  receiver.received.length = 0;
  receiver.addresses.length = 0;
  receiver.answer = taken;
  receiver.onReceived = null;
}
