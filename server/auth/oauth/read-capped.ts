// Reads an answer as text up to a limit: what a provider says fits easily, what a broken one says need not fit into memory.

const bytesMax = 256 * 1_024;

/** Rejects when there is more. */
export async function readCapped(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = answer.body?.getReader();
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
    size += next.value.length;
    if (size > bytesMax) {
      await reader?.cancel();
      throw new Error(`the answer is longer than ${bytesMax} bytes`);
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}
