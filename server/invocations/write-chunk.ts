// One chunk of a streamed answer in one write to its connection, framed by us: node frames it in four, which cost as much as all the rest.
import type { ServerResponse } from "node:http";

/** Copying more than this costs more than it saves. */
const copiedBytesMax = 16 * 1024;
const [carriageReturn, lineFeed] = [13, 10];

/**
 * As `response.write`: false asks for a pause, until `drain` of the response or of its socket. Only for what comes after the head and the
 * first chunk, which are node's own to send.
 */
export function writeChunk(response: ServerResponse, bytes: Buffer): boolean {
  const { socket } = response;
  // An answer that waits for the one before it on its connection has no socket yet.
  const isPlain = socket === null || socket.destroyed || !response.chunkedEncoding || response.writableEnded;
  if (isPlain || bytes.length === 0 || bytes.length > copiedBytesMax) return response.write(bytes);
  return socket.write(frameChunk(bytes));
}

/** RFC 9112, 7.1. */
function frameChunk(bytes: Buffer): Buffer {
  const size = bytes.length.toString(16);
  const frame = Buffer.allocUnsafe(size.length + bytes.length + 4);
  const begin = frame.write(size, "latin1");
  frame[begin] = carriageReturn;
  frame[begin + 1] = lineFeed;
  const end = begin + 2 + bytes.copy(frame, begin + 2);
  frame[end] = carriageReturn;
  frame[end + 1] = lineFeed;
  return frame;
}
