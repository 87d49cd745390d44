// bcrypt for tests that count hashes: each is noted as work, and those that a test itself makes are cheap.
import { noteHash } from "./record-work";

type Bcrypt = typeof import("@node-rs/bcrypt");

const cheapestCost = 4;

/** Stands in for the package: a real hash takes a third of a second. What was hashed at full cost matches nothing. */
export function countHashes(bcrypt: Bcrypt): Pick<Bcrypt, "hash" | "compare"> {
  return {
    hash: (password) => {
      noteHash();
      return bcrypt.hash(password, cheapestCost);
    },
    compare: async (password, passwordHash) => {
      noteHash();
      return String(passwordHash).startsWith("$2b$04$") && (await bcrypt.compare(password, passwordHash));
    },
  };
}
