// The connection by which a host hands over the events of all streams of one gateway, so that one read brings many of them: its frames.
//
// The house opens it with `GET /channels/{channelId}` and `upgrade: whs-events/1`, under an id of its own. A call that asks for an event
// stream may name a lane of it (`x-whs-channel: {channelId}.{lane}`). It is then answered with `x-whs-channel: taken` and no body as soon
// as its stream begins, and the stream comes by that lane. Without the channel, or when it is not known, the answer is an ordinary body.

export const channelProtocol = "whs-events/1";
/** Of a call: `{channelId}.{lane}`. Of its answer: `taken`. */
export const channelHeader = "x-whs-channel";
export const channelTaken = "taken";

/** A frame: kind (1 byte), lane (4), size (4), then as many bytes. The first four are said by the host, the others by the house. */
export const frameKinds = { began: 1, events: 2, ended: 3, broken: 4, taken: 5, left: 6 } as const;

/** Most bytes of a lane that the house has not taken yet; whoever sends more is cut off. */
export const laneWindowBytes = 128 * 1024;
export const frameBytesMax = 64 * 1024;
export const laneMax = 0xffff_ffff;

const headBytes = 9;
const countBytes = 4;
const sizesMax: readonly (number | undefined)[] = [undefined, 0, frameBytesMax, 0, 0, countBytes, 0];

export function formatFrame(kind: number, lane: number, content: Buffer | string = ""): Buffer {
  const size = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  const frame = Buffer.allocUnsafe(headBytes + size);
  frame[0] = kind;
  frame.writeUInt32BE(lane, 1);
  frame.writeUInt32BE(size, 5);
  if (typeof content === "string") frame.write(content, headBytes);
  else content.copy(frame, headBytes);
  return frame;
}

/** So many bytes of a lane were taken: so many more may be sent. */
export function formatTaken(lane: number, bytes: number): Buffer {
  const count = Buffer.allocUnsafe(countBytes);
  count.writeUInt32BE(bytes);
  return formatFrame(frameKinds.taken, lane, count);
}

export function readTaken(content: Buffer): number {
  if (content.length !== countBytes) throw new FrameFault("A count of bytes taken has another size.");
  return content.readUInt32BE();
}

/** The other side does not speak this protocol; nothing after it can be trusted. */
export class FrameFault extends Error {}

export type TakeFrame = (kind: number, lane: number, content: Buffer) => void;

/** Puts frames together again from whatever pieces they come in. A lifetime: one per connection. */
export class FrameReader {
  readonly #take: TakeFrame;
  #pieces: Buffer[] = [];
  #held = 0;
  #wanted = headBytes;

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  /** Throws {@link FrameFault} for a frame that is none, before it waits for its content; and whatever `take` throws. */
  push(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return;
    const bytes = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces, this.#held);
    let at = 0;
    for (;;) {
      const rest = bytes.length - at;
      this.#wanted = rest < headBytes ? headBytes : headBytes + sizeAt(bytes, at);
      if (rest < this.#wanted) break;
      const content = bytes.subarray(at + headBytes, at + this.#wanted);
      const [kind, lane] = [bytes[at] as number, bytes.readUInt32BE(at + 1)];
      at += this.#wanted;
      this.#take(kind, lane, content);
    }
    this.#held = bytes.length - at;
    this.#pieces = this.#held === 0 ? [] : [bytes.subarray(at)];
  }
}

function sizeAt(bytes: Buffer, at: number): number {
  const [max, size] = [sizesMax[bytes[at] as number], bytes.readUInt32BE(at + 5)];
  if (max === undefined) throw new FrameFault("A frame of no known kind.");
  if (size > max) throw new FrameFault("A frame is larger than its kind may be.");
  return size;
}
