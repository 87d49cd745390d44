// One attack by archive: what it is, the reason it must be refused for, and the entries put beside a good bundle.
import { crc32 } from "node:zlib";
import type { BundleRefusal } from "~/server/bundles/bundle-refusal";
import { extraField, type RawEntry, type RawZipOptions } from "./raw-zip";

export type Attack = [what: string, reason: BundleRefusal, entries: RawEntry[], options?: RawZipOptions];

export const mebi = 1024 * 1024;
export const manifest: RawEntry = {
  name: "agent.config.json",
  data: JSON.stringify({ name: "a", protocol: "invoke/v1", runtime: "embedded", entrypoint: "index.ts" }),
};
export const entry: RawEntry = { name: "index.ts", data: "export default () => 'hello'" };

export function file(name: string | Buffer, more: Partial<RawEntry> = {}): RawEntry {
  return { name, data: "x", ...more };
}

export function mode(type: number, bits = 0o644): number {
  return type | bits;
}

/** Info-ZIP's second name of a file, for the header's name `of`. */
export function unicodePath(name: string, of: Buffer): Buffer {
  const data = Buffer.alloc(5);
  data.writeUInt8(1, 0);
  data.writeUInt32LE(crc32(of), 1);
  return extraField(0x7075, Buffer.concat([data, Buffer.from(name)]));
}

/** An old Unix field with a mode and the target of a link of its own. */
export function asiUnix(unixMode: number, target: string): Buffer {
  const data = Buffer.alloc(14);
  data.writeUInt16LE(unixMode, 4);
  return extraField(0x756e, Buffer.concat([data, Buffer.from(target)]));
}

export function zeros(bytes: number): Buffer {
  return Buffer.alloc(bytes);
}

/** Bytes that do not shrink much, the same at each run. */
export function noise(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index += 1) content[index] = index * 7919 + (index >> 3);
  return content;
}
