// The few things that this adapter does with objects in its bucket: write, write if unchanged, read, list by prefix, delete.
import { isMissing, isUnmet } from "./aws-trouble";
import type { Room } from "./room";

export type ObjectWrite = {
  key: string;
  body: string | Uint8Array;
  contentType: string;
  tags: Record<string, string>;
  metadata?: Record<string, string>;
  /** An etag: only over that very object. `none`: only where there is none. */
  over?: string | "none";
};

export type StoredText = { text: string; etag: string };

type Needs = Pick<Room, "aws" | "config">;

const listedMax = 200_000;
/** What S3 deletes in one request. */
const deletedAtOnce = 1_000;

/** False: something else is in its place than `over` says. */
export async function putObject({ aws, config }: Needs, write: ObjectWrite): Promise<boolean> {
  const { sdk, client } = (await aws()).s3;
  const condition = write.over === undefined ? {} : write.over === "none" ? { IfNoneMatch: "*" } : { IfMatch: write.over };
  const command = new sdk.PutObjectCommand({
    Bucket: config.bucket,
    Key: write.key,
    Body: typeof write.body === "string" ? Buffer.from(write.body, "utf8") : write.body,
    ContentType: write.contentType,
    Tagging: new URLSearchParams(write.tags).toString(),
    ...(write.metadata ? { Metadata: write.metadata } : {}),
    ...condition,
  });
  try {
    await client.send(command);
    return true;
  } catch (thrown) {
    // An object that was to be replaced and is gone has changed too.
    if (isUnmet(thrown) || (write.over !== undefined && isMissing(thrown) && write.over !== "none")) return false;
    throw thrown;
  }
}

/** Null: there is none. */
export async function readObject({ aws, config }: Needs, key: string, signal: AbortSignal): Promise<StoredText | null> {
  const { sdk, client } = (await aws()).s3;
  try {
    const answer = await client.send(new sdk.GetObjectCommand({ Bucket: config.bucket, Key: key }), { abortSignal: signal });
    return { text: (await answer.Body?.transformToString("utf8")) ?? "", etag: answer.ETag ?? "" };
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

/** Null: there is none. */
export async function readMetadata(
  { aws, config }: Needs,
  key: string,
  signal: AbortSignal,
): Promise<Record<string, string> | null> {
  const { sdk, client } = (await aws()).s3;
  try {
    const answer = await client.send(new sdk.HeadObjectCommand({ Bucket: config.bucket, Key: key }), { abortSignal: signal });
    return answer.Metadata ?? {};
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

/** Rejects rather than to answer a part. */
export async function listKeys({ aws, config }: Needs, prefix: string, signal: AbortSignal): Promise<string[]> {
  const { sdk, client } = (await aws()).s3;
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new sdk.ListObjectsV2Command({ Bucket: config.bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
      { abortSignal: signal },
    );
    for (const { Key } of page.Contents ?? []) if (Key) keys.push(Key);
    if (keys.length > listedMax) throw new Error(`More than ${listedMax} objects stand under one prefix.`);
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
  return keys;
}

/** What is not there is no failure. */
export async function deleteObjects({ aws, config }: Needs, keys: readonly string[]): Promise<void> {
  const { sdk, client } = (await aws()).s3;
  for (let from = 0; from < keys.length; from += deletedAtOnce) {
    const objects = keys.slice(from, from + deletedAtOnce).map((Key) => ({ Key }));
    const command = new sdk.DeleteObjectsCommand({ Bucket: config.bucket, Delete: { Objects: objects, Quiet: true } });
    const { Errors = [] } = await client.send(command);
    if (Errors.length > 0) throw new Error(`${Errors.length} objects could not be deleted (${Errors[0]?.Code}).`);
  }
}
