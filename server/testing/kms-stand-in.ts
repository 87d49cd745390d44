// Stands in for AWS KMS, as strict as it: JSON 1.1 over POST, a signature of version 4, and an encryption context that must match.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type KmsStandIn = {
  endpoint: URL;
  /** `Encrypt` or `Decrypt`, as they came; refused ones too. */
  calls: string[];
  /** What the next calls answer instead; `hang`: nothing at all. */
  failures: string[];
  close(): Promise<void>;
};

type Input = { KeyId: string; Plaintext?: string; CiphertextBlob?: string; EncryptionContext?: Record<string, string> };

const access = { id: "AKIDEXAMPLE", region: "eu-central-1" };

/** Signs nothing itself: that the signature is right is AWS's to judge; that it is there, over the right headers, is judged here. */
export async function startKmsStandIn(): Promise<KmsStandIn> {
  const [key, calls, failures]: [Buffer, string[], string[]] = [randomBytes(32), [], []];
  const server = createServer((request, response) => {
    void answer(request, response, { key, calls, failures });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: new URL(`http://127.0.0.1:${port}`),
    calls,
    failures,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type State = { key: Buffer; calls: string[]; failures: string[] };

async function answer(request: IncomingMessage, response: ServerResponse, { key, calls, failures }: State): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const act = String(request.headers["x-amz-target"] ?? "").replace("TrentService.", "");
  calls.push(act);
  const failure = wrongIn(request) ?? failures.shift();
  if (failure === "hang") return;
  if (failure) return refuse(response, failure);
  const input = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Input;
  const done = act === "Encrypt" ? encrypt(key, input) : act === "Decrypt" ? decrypt(key, input) : null;
  if (!done) return refuse(response, act === "Decrypt" ? "InvalidCiphertextException" : "UnknownOperationException");
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(done));
}

function wrongIn({ method, headers }: IncomingMessage): string | undefined {
  const authorization = headers.authorization ?? "";
  const scope = new RegExp(`^AWS4-HMAC-SHA256 Credential=${access.id}/\\d{8}/${access.region}/kms/aws4_request, SignedHeaders=`);
  const isSigned = scope.test(authorization) && /Signature=[0-9a-f]{64}$/.test(authorization);
  if (!isSigned || !/^\d{8}T\d{6}Z$/.test(String(headers["x-amz-date"]))) return "MissingAuthenticationTokenException";
  const covers = ["host", "x-amz-date", "x-amz-target"].every((name) => authorization.includes(name));
  if (!covers) return "InvalidSignatureException";
  const isJson = method === "POST" && headers["content-type"] === "application/x-amz-json-1.1";
  return isJson ? undefined : "SerializationException";
}

function refuse(response: ServerResponse, type: string): void {
  const body = JSON.stringify({ __type: type, message: `${type}, says the stand-in` });
  response.writeHead(400, { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": type }).end(body);
}

/** Context and key are bound, whatever order the context's names come in. */
function boundOf({ KeyId, EncryptionContext = {} }: Input): Buffer {
  return Buffer.from(JSON.stringify([KeyId, Object.entries(EncryptionContext).sort()]));
}

function encrypt(key: Buffer, input: Input) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(boundOf(input));
  const sealed = Buffer.concat([cipher.update(Buffer.from(input.Plaintext ?? "", "base64")), cipher.final()]);
  const blob = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  return { CiphertextBlob: blob.toString("base64"), KeyId: input.KeyId, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
}

function decrypt(key: Buffer, input: Input) {
  const blob = Buffer.from(input.CiphertextBlob ?? "", "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12)).setAAD(boundOf(input));
    decipher.setAuthTag(blob.subarray(12, 28));
    const plain = Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()]);
    return { Plaintext: plain.toString("base64"), KeyId: input.KeyId, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
  } catch {
    // As KMS: it never says whether bytes, key or context were wrong.
    return null;
  }
}
