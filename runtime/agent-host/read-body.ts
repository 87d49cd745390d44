// A request's whole body, counted while it arrives.
import type { IncomingMessage } from "node:http";
import { HostError } from "./host-error";

/** Rejects with `PAYLOAD_TOO_LARGE` as soon as `bytesMax` is passed; what headers claim is not trusted. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) return chunks.push(chunk);
      request.removeAllListeners("data");
      request.resume();
      return reject(new HostError("PAYLOAD_TOO_LARGE", `The body has more than ${bytesMax} bytes.`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks, size)));
    request.on("error", reject);
    request.on("close", () => reject(new HostError("INVALID_REQUEST", "The request was cut off.")));
  });
}
