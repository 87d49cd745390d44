// AWS Signature Version 4, worked out anew from the request as it arrived: what does not agree with the secret key is refused.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type TestAccess = { accessKeyId: string; secretAccessKey: string; region: string };
export type SignatureFault = "UnrecognizedClientException" | "InvalidSignatureException" | "MissingAuthenticationTokenException";

const skewMs = 15 * 60_000;

/** Null: signed by this key, for this service, over these bytes. */
export function findSignatureFault(
  request: IncomingMessage,
  { body, service, access }: { body: Buffer; service: "bedrock-agentcore" | "logs" | "s3"; access: TestAccess },
): SignatureFault | null {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    );
  if (!match) return "MissingAuthenticationTokenException";
  const [, keyId = "", day = "", region = "", scope = "", signedHeaders = "", signature = ""] = match;
  if (keyId !== access.accessKeyId) return "UnrecognizedClientException";
  const date = String(request.headers["x-amz-date"]);
  const names = signedHeaders.split(";");
  const isWellFormed =
    region === access.region &&
    scope === service &&
    date.startsWith(day) &&
    isRecent(date) &&
    names.includes("host") &&
    names.includes("x-amz-date");
  const payload = hashOfPayload(request, body);
  if (!isWellFormed || payload === null) return "InvalidSignatureException";
  const canonical = [
    request.method,
    canonicalPath(request, service),
    canonicalQuery(request),
    ...headerLines(request, names),
    "",
    signedHeaders,
    payload,
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, `${day}/${region}/${scope}/aws4_request`, sha256(canonical)].join("\n");
  const key = [day, region, scope, "aws4_request"].reduce<Buffer>(
    (from, part) => hmac(from, part),
    Buffer.from(`AWS4${access.secretAccessKey}`),
  );
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex")) ? null : "InvalidSignatureException";
}

function isRecent(date: string): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  return Math.abs(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Date.now()) < skewMs;
}

/** What was signed must be what came; over plain HTTP the SDK hashes every body. */
function hashOfPayload(request: IncomingMessage, body: Buffer): string | null {
  const hash = sha256(body);
  const claimed = request.headers["x-amz-content-sha256"];
  return claimed === undefined || claimed === hash ? hash : null;
}

/** S3 takes the path as it stands; every other service encodes each part once more. */
function canonicalPath(request: IncomingMessage, service: string): string {
  const [path = "/"] = (request.url ?? "/").split("?");
  return service === "s3" ? path : path.split("/").map(encode).join("/");
}

function canonicalQuery(request: IncomingMessage): string {
  const query = (request.url ?? "").split("?")[1] ?? "";
  const pairs = query === "" ? [] : query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`));
  return pairs.sort().join("&");
}

function headerLines(request: IncomingMessage, names: readonly string[]): string[] {
  return names.map(
    (name) =>
      `${name}:${String(request.headers[name] ?? "")
        .trim()
        .replace(/\s+/g, " ")}`,
  );
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
