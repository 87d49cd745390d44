// How an address is written down, wherever one is asked for: two spellings of one address are one person.
import { z } from "zod";

/** Trimmed, NFKC, lower case: what signs in. Whether it is an address is only asked where a letter goes to it. */
export const AccountName = z.string().transform((text) => text.trim().normalize("NFKC").toLowerCase());

export const Email = AccountName.pipe(
  z.email("Write an address like ada@example.com.").max(254, "An address has at most 254 characters."),
);
