// Cuts a turn to what is kept of it: the end of the messages, which is what was new, and the beginning of the answer.
import type { InvokeMessage } from "~/runtime/contract/invoke";

export type TurnWords = { messages: InvokeMessage[]; answer: string };

/** Of the messages together, and of the answer; as JSON in UTF-8. */
export const turnBytesMax = 128 * 1024;
const messagesMax = 200;

export function cutTurn({ messages, answer }: TurnWords): { words: TurnWords; isCut: boolean } {
  const kept: InvokeMessage[] = [];
  let [room, isCut] = [turnBytesMax, messages.length > messagesMax];
  for (const { role, content } of messages.slice(-messagesMax).reverse()) {
    if (room <= 0) {
      isCut = true;
      break;
    }
    const text = cutText(content, room);
    isCut ||= text.length < content.length;
    room -= jsonBytes(text);
    kept.unshift({ role, content: text });
  }
  const answered = cutText(answer, turnBytesMax);
  return { words: { messages: kept, answer: answered }, isCut: isCut || answered.length < answer.length };
}

/** The longest beginning, or a little less, that takes no more than `bytesMax`. */
function cutText(text: string, bytesMax: number): string {
  let kept = text.slice(0, bytesMax);
  for (let bytes = jsonBytes(kept); bytes > bytesMax; bytes = jsonBytes(kept)) {
    kept = kept.slice(0, Math.min(kept.length - 1, Math.floor((kept.length * bytesMax) / bytes)));
  }
  return kept;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
