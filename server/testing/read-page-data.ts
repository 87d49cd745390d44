// A page's data as a browser reads it off the wire, in one form: the wire numbers loaders in the order in which they came to an end.
import { decode } from "turbo-stream";

/** The text itself when it is no page's data. Remix's own kinds, such as a thrown answer, stay as their parts. */
export async function readPageData(body: string): Promise<string> {
  if (!body.startsWith("[")) return body;
  const stream = new Blob([body]).stream() as ReadableStream<Uint8Array>;
  const { value, done } = await decode(stream, { plugins: [(...parts) => ({ value: parts })] });
  await done;
  return JSON.stringify(value, (_key, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
