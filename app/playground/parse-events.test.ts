// Whatever the network does to the bytes, the same events come out.
import { describe, expect, test } from "vitest";
import { createEventParser, type ServerEvent } from "./parse-events";

const stream =
  'id: 1\nevent: meta\ndata: {"traceId":"trc_1"}\n\nid: 2\nevent: delta\ndata: {"text":"Grüße 🌍"}\n\n: a comment\n\nid: 3\nevent: done\ndata: {}\n\n';

const expected: ServerEvent[] = [
  { id: "1", event: "meta", data: '{"traceId":"trc_1"}' },
  { id: "2", event: "delta", data: '{"text":"Grüße 🌍"}' },
  { id: "3", event: "done", data: "{}" },
];

function parseCut(text: string, chunkBytes: number): ServerEvent[] {
  const bytes = new TextEncoder().encode(text);
  const events: ServerEvent[] = [];
  const parser = createEventParser((event) => events.push(event));
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.slice(at, at + chunkBytes));
  return events;
}

describe("server-sent events", () => {
  test("cut at any place, also inside a character, they are the same", () => {
    for (const size of [1, 2, 3, 5, 7, 16, 1_000]) expect(parseCut(stream, size)).toEqual(expected);
  });

  test("lines may end with CRLF or CR, also cut between the two", () => {
    for (const size of [1, 2, 3, 1_000]) {
      expect(parseCut(stream.replaceAll("\n", "\r\n"), size)).toEqual(expected);
      expect(parseCut(`${stream.replaceAll("\n", "\r")}:\r`, size)).toEqual(expected);
    }
  });

  test("several data lines are one text, and a missing space after the colon is no matter", () => {
    expect(parseCut("event:delta\ndata:one\ndata: two\n\n", 4)).toEqual([{ id: "", event: "delta", data: "one\ntwo" }]);
  });

  test("an event that was never ended is not handed on", () => {
    expect(parseCut("event: delta\ndata: half", 4)).toEqual([]);
  });
});
