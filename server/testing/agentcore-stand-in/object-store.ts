// The part of S3 that is used here: whole objects with tags and metadata, conditional writes, lists by prefix in pages, deletes of many.
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { VendorError } from "./vendor-error";

export type StoredObject = { body: Buffer; etag: string; tags: Record<string, string>; metadata: Record<string, string> };
export type ObjectStore = {
  objects: Map<string, StoredObject>;
  get(bucket: string, key: string): StoredObject | undefined;
  act(request: { method: string; url: URL; headers: IncomingHttpHeaders; body: Buffer }): S3Answer;
};
export type S3Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer };

const pageSize = 4;
const keyBytesMax = 1_024;
const deletedAtOnceMax = 1_000;
const tagsMax = 10;
const tagWords = { key: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, value: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u };

export function createObjectStore(bucket: string): ObjectStore {
  const objects = new Map<string, StoredObject>();
  return {
    objects,
    get: (asked, key) => (asked === bucket ? objects.get(key) : undefined),
    act({ method, url, headers, body }) {
      const [, asked = "", ...parts] = url.pathname.split("/");
      if (decodeURIComponent(asked) !== bucket) throw new VendorError("NotFound", "no such bucket");
      const key = parts.map(decodeURIComponent).join("/");
      if (method === "HEAD" && key === "") return { status: 200 };
      if (method === "GET" && key === "" && url.searchParams.get("list-type") === "2") {
        return { status: 200, body: list(objects, url.searchParams) };
      }
      if (method === "POST" && key === "" && url.searchParams.has("delete")) return remove(objects, { headers, body });
      if (method === "PUT") return put(objects, key, { headers, body });
      if (method === "GET" || method === "HEAD") return read(objects, key, method);
      throw new VendorError("ValidationException", `${method} ${url.pathname} is not built`);
    },
  };
}

function put(objects: Map<string, StoredObject>, key: string, { headers, body }: { headers: IncomingHttpHeaders; body: Buffer }) {
  const before = objects.get(key);
  if (headers["if-none-match"] === "*" && before) throw new VendorError("PreconditionFailed", "it exists");
  const over = headers["if-match"];
  if (over !== undefined && before === undefined) throw new VendorError("NoSuchKey", "it is gone");
  if (over !== undefined && over !== before?.etag) throw new VendorError("PreconditionFailed", "it has changed");
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const metadata = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name.startsWith("x-amz-meta-") ? [[name.slice(11), String(value)]] : [])),
  );
  if (Buffer.byteLength(key) > keyBytesMax) throw new VendorError("ValidationException", "the key is too long");
  const tags = tagsOf(String(headers["x-amz-tagging"] ?? ""));
  objects.set(key, { body, etag, tags, metadata });
  return { status: 200, headers: { etag } };
}

function tagsOf(header: string): Record<string, string> {
  const pairs = [...new URLSearchParams(header)];
  const isWrong = pairs.some(([key, value]) => !tagWords.key.test(key) || !tagWords.value.test(value));
  if (isWrong || pairs.length > tagsMax || new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw new VendorError("ValidationException", "the tags are not as they must be");
  return Object.fromEntries(pairs);
}

function read(objects: Map<string, StoredObject>, key: string, method: string) {
  const stored = objects.get(key);
  if (!stored) throw new VendorError("NoSuchKey", "there is none");
  const metadata = Object.entries(stored.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const headers = { etag: stored.etag, "content-length": String(stored.body.length), ...Object.fromEntries(metadata) };
  return { status: 200, headers, ...(method === "GET" ? { body: stored.body } : {}) };
}

function list(objects: Map<string, StoredObject>, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const from = Number(query.get("continuation-token") ?? 0);
  const contents = keys.slice(from, from + pageSize).map((key) => `<Contents><Key>${escapeXml(key)}</Key></Contents>`);
  const more = from + pageSize < keys.length;
  const next = more ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : "";
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`;
}

function remove(objects: Map<string, StoredObject>, { headers, body }: { headers: IncomingHttpHeaders; body: Buffer }): S3Answer {
  const isChecked = Object.keys(headers).some((name) => name.startsWith("x-amz-checksum-") || name === "content-md5");
  if (!isChecked) throw new VendorError("ValidationException", "a checksum is required");
  const keys = [...body.toString("utf8").matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => unescapeXml(key));
  if (keys.length === 0 || keys.length > deletedAtOnceMax) throw new VendorError("ValidationException", "1 to 1,000 keys");
  for (const key of keys) objects.delete(key);
  return { status: 200, body: `<?xml version="1.0"?><DeleteResult/>` };
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
