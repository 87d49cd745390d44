// Bytes as lines: a character that is cut between two chunks is put together again before it is read.

export type LineSplitter = {
  push(chunk: Buffer): void;
  end(): void;
  /** Of a line that has not ended. */
  readonly heldBytes: number;
};

/** A line longer than `bytesMax` is handed over in parts. `\n` ends a line; what follows the last one waits for `end`. */
export function createLineSplitter(bytesMax: number, onLine: (line: string) => void): LineSplitter {
  let parts: Buffer[] = [];
  let size = 0;

  function emit(last: Buffer): void {
    const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    parts = [];
    size = 0;
    onLine(line.toString("utf8"));
  }

  return {
    push(chunk) {
      let from = 0;
      for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, from)) {
        emit(chunk.subarray(from, newline));
        from = newline + 1;
      }
      if (from === chunk.length) return;
      const rest = chunk.subarray(from);
      size += rest.length;
      if (size > bytesMax) return emit(rest);
      parts.push(rest);
    },
    end() {
      if (size > 0) emit(Buffer.alloc(0));
    },
    get heldBytes() {
      return size;
    },
  };
}
