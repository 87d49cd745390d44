// What is heard of a stream is what its deltas say, whatever ends its lines and whatever they hold.
import { expect, it } from "vitest";
import { formatDelta, formatEvent, keepAliveComment } from "~/runtime/contract/event-stream";
import { HeardAnswer } from "./heard-answer";

it.each(["\n", "\r", "\r\n"])("hears every delta of lines that end in %j", (lineBreak) => {
  const said = ["grüß 👩‍🚀", "\n\nevent: done\n\n", "a\u2028event: delta\u2029b", "\r\n\r\n"];
  const deltas = said.map((text, place) => formatDelta(place + 2, text)).join(keepAliveComment);
  const done = formatEvent(9, { event: "done", data: {} });
  const heard = new HeardAnswer();
  heard.note(Buffer.from((deltas + done).replaceAll("\n", lineBreak)));
  expect([heard.text, heard.isCut]).toEqual([said.join(""), false]);
});
