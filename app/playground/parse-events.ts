// Reads server-sent events from a stream of bytes, however the network has cut it (WHATWG HTML, "Interpreting an event stream").
export type ServerEvent = { event: string; data: string; id: string };

/** `push` takes the next bytes; an event is handed on when the empty line after it has come. What never ended is dropped. */
export function createEventParser(onEvent: (event: ServerEvent) => void) {
  const decoder = new TextDecoder();
  const state = { rest: "", event: "", data: [] as string[], id: "" };

  function push(bytes: Uint8Array): void {
    state.rest += decoder.decode(bytes, { stream: true });
    const lines = state.rest.split(/\r\n|\n|\r(?!$)/);
    state.rest = lines.pop() ?? "";
    for (const line of lines) takeLine(line);
  }

  function takeLine(line: string): void {
    if (line === "") handOn();
    const [, field = "", value = ""] = /^([^:]*):? ?([\s\S]*)$/.exec(line) ?? [];
    if (field === "event") state.event = value;
    else if (field === "data") state.data.push(value);
    else if (field === "id") state.id = value;
  }

  function handOn(): void {
    if (state.data.length > 0) onEvent({ event: state.event || "message", data: state.data.join("\n"), id: state.id });
    state.event = "";
    state.data = [];
  }

  return { push };
}
