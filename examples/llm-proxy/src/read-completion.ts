// Reads the event stream of a chat completion, whatever the network does to its chunks.

export type Completion = {
  choices?: { delta?: { content?: string | null } }[];
  usage?: { total_tokens: number } | null;
};

/** Ends at `[DONE]` or when the stream does. */
export async function* readCompletion(body: ReadableStream<Uint8Array>): AsyncGenerator<Completion, void, undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (data === "[DONE]") return;
      if (data !== "") yield JSON.parse(data) as Completion;
    }
    if (done) return;
  }
}
