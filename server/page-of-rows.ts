// Cuts a page out of rows: ask the database for one row more than the page holds, and the extra one says that there is more.
import type { Page } from "./zod-shapes";

/** How many rows to ask for. */
export function rowsFor(limit: number): number {
  return limit + 1;
}

/** `cursorOf` names the last row shown; the next page begins behind it. */
export function pageOfRows<Row, Item>(
  rows: readonly Row[],
  limit: number,
  shape: { cursorOf: (row: Row) => string; toItem: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(shape.toItem), nextCursor: rows.length > limit && last ? shape.cursorOf(last) : null };
}
