// When two addresses are one, and that an address which only looks like another is none (docs/security/email-addresses.md).
import type { AnyTRPCProcedure } from "@trpc/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { Email } from "~/server/auth/email.contract";
import { appRouter } from "~/server/router";

const same = [
  "ADA@EXAMPLE.COM",
  "  ada@example.com\t",
  "\u00a0ada@example.com\ufeff",
  "ａｄａ@example.com",
  "ada＠example.com",
  "ada@example．com",
  "ada@ｅxample.com",
  "𝐚𝐝𝐚@example.com",
  "ⓐⓓⓐ@example.com",
  "ªda@example.com",
];

const refused: [string, string][] = [
  ["a Cyrillic a", "аda@example.com"],
  ["a Greek alpha", "αda@example.com"],
  ["a dotless i", "adı@example.com"],
  ["a zero-width space", "a\u200bda@example.com"],
  ["a zero-width joiner", "ad\u200da@example.com"],
  ["a soft hyphen", "ad\u00ada@example.com"],
  ["a right-to-left mark", "\u202eada@example.com"],
  ["a combining accent", "ada\u0301@example.com"],
  ["an accent", "adá@example.com"],
  ["a look-alike in the domain", "ada@exаmple.com"],
  ["a division slash", "ada@example.com∕evil.example"],
  ["two signs", "ada@example.com@evil.example"],
  ["a second line", "ada@example.com\nbcc: all@example.com"],
  ["a name around it", "Ada <ada@example.com>"],
  ["two addresses", "ada@example.com,bob@example.com"],
  ["a quoted part", '"ada"@example.com'],
  ["a comment", "ada(x)@example.com"],
  ["a NUL", "ada\u0000@example.com"],
  ["too much", `${"a".repeat(250)}@example.com`],
];

describe("an address", () => {
  for (const spelling of same) {
    it(`spelled ${JSON.stringify(spelling)} is ada@example.com`, () => expect(Email.parse(spelling)).toBe("ada@example.com"));
  }
  for (const [what, spelling] of refused) {
    it(`with ${what} is refused`, () => expect(Email.safeParse(spelling).success).toBe(false));
  }

  it("keeps its dots and tags: they are other accounts", () => {
    const spellings = ["ada.b@example.com", "adab@example.com", "adab+x@example.com"];
    expect(new Set(spellings.map((one) => Email.parse(one)))).toHaveLength(3);
  });

  it("once brought into its form stays as it is, and is plain ASCII", () => {
    const local = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(local, local, (before, after) => {
        const parsed = Email.safeParse(`${before}@${after}.com`);
        if (!parsed.success) return;
        expect(parsed.data).toMatch(/^[\x21-\x7e]+$/);
        expect(Email.parse(parsed.data)).toBe(parsed.data);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Every field that is called after an address, in the input of any procedure. */
const fields = Object.entries(appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>).flatMap(
  ([path, procedure]) => {
    const inputs = (procedure._def as unknown as { inputs: { shape?: Record<string, z.ZodType> }[] }).inputs;
    const shapes = inputs.flatMap((input) => Object.entries(input.shape ?? {}));
    return shapes.flatMap(([name, type]) => (/email/i.test(name) ? [{ path, name, type }] : []));
  },
);

describe("every input with an address", () => {
  it("is found", () => expect(fields.length).toBeGreaterThan(3));
  for (const { path, name, type } of fields) {
    it(`${path} brings ${name} into its one form`, () => {
      expect(type.parse("ADA＠example.com ")).toBe("ada@example.com");
      // Where an account is only named, a look-alike is let in as itself and finds nobody.
      expect(type.safeParse("аda@example.com").data).not.toBe("ada@example.com");
      if (path !== "accounts.signIn") expect(type.safeParse("аda@example.com").success).toBe(false);
    });
  }
});
