// Reads an invoke/v1 event stream: whole events out of bytes that may be cut anywhere.
import type { InvokeEvent } from "~/runtime/contract/invoke";

export type StreamedEvent = InvokeEvent & { id: number };

/** Comments are left out. Throws when an event is malformed. */
export async function* readEvents(stream: AsyncIterable<Buffer | string>): AsyncGenerator<StreamedEvent, void, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) if (!block.startsWith(":")) yield parseEvent(block);
  }
}

/** All events until the stream ends. */
export async function collectEvents(stream: AsyncIterable<Buffer | string>): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of readEvents(stream)) events.push(event);
  return events;
}

function parseEvent(block: string): StreamedEvent {
  const fields = Object.fromEntries(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
  const { id, event, data } = fields as { id: string; event: InvokeEvent["event"]; data: string };
  return { id: Number(id), event, data: JSON.parse(data) } as StreamedEvent;
}
