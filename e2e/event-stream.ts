// Reads the events of an invoke/v1 stream as they arrive.

export type StreamEvent = { event: string; id: string | null; data: Record<string, unknown> };

/** Yields each event; ends when the connection ends. */
export async function* eventsOf(response: Response): AsyncGenerator<StreamEvent> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = parse(text.slice(0, end));
      if (event) yield event;
      text = text.slice(end + 2);
    }
  }
}

function parse(block: string): StreamEvent | null {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? null;
  const data = field("data");
  return data === null
    ? null
    : { event: field("event") ?? "message", id: field("id"), data: JSON.parse(data) as Record<string, unknown> };
}
