// A proxy between runtimes and the house that swallows some requests: the sender is told that all is well, the house never hears of it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type DroppingProxy = { url: string; dropped: number; close(): Promise<void> };

/** Swallows every `nth` POST. */
export async function openDroppingProxy(target: () => string, nth: number): Promise<DroppingProxy> {
  let count = 0;
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    count += 1;
    if (count % nth === 0) {
      proxy.dropped += 1;
      response.writeHead(202, { "content-type": "application/json" }).end('{"accepted":true,"duplicate":false}');
      return;
    }
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const answer = await fetch(`${target()}${request.url}`, {
      method: "POST",
      headers: headers as Record<string, string>,
      body: new Uint8Array(Buffer.concat(pieces)),
      signal: AbortSignal.timeout(10_000),
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: DroppingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dropped: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return proxy;
}
