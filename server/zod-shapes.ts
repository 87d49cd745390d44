// Zod shapes that several contracts use. Pure.
import { z } from "zod";

/** A moment: `Date` inside the house and over tRPC, RFC 3339 UTC over REST. */
export const Moment = z.date().meta({ override: { type: "string", format: "date-time" } });

/** How lists are asked for (CONTRACTS "Lists"). */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(200).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** How lists answer. `traceId` is added at the REST edge. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export type Page<Item> = { items: Item[]; nextCursor: string | null };

/** An empty answer. */
export const Done = z.object({ done: z.literal(true) });

/** Letters repeat names that people choose, also to strangers: such a name must not carry a message of its own. */
export function isPlainName(name: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]|:\/\/|www\./iu.test(name);
}
