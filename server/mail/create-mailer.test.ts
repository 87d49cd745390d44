// The outbox: letters are kept for the operator, unreadable to whoever holds the database.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { composeLetter } from "./compose-letter";
import { createMailer } from "./create-mailer";
import { openLetter } from "./outbox-letter";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const mail = { to: "ada@example.test", subject: "Confirm", text: "https://x.test/verify?token=canary", html: "<p>canary</p>" };

describe("the outbox", () => {
  it("keeps a letter whose body only the vault opens", async () => {
    await createMailer(services).send(mail);
    const row = await services.owner.selectFrom("outboxMails").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ recipient: mail.to, subject: mail.subject });
    expect(row.sealedBody.includes("canary")).toBe(false);
    expect(await openLetter(services.vault, row.id, row.sealedBody)).toEqual({ text: mail.text, html: mail.html });
  });

  it("forgets letters after seven days, when their links are long dead", async () => {
    await createMailer(services).send(mail);
    services.clock.advance(7 * 86_400_000 + 1);
    await createMailer(services).send({ ...mail, subject: "Newer" });
    const rows = await services.owner.selectFrom("outboxMails").select("subject").execute();
    expect(rows).toEqual([{ subject: "Newer" }]);
  });
});

describe("a letter", () => {
  it("escapes what people chose themselves", () => {
    const letter = composeLetter({
      to: "a@example.test",
      subject: "S",
      paragraphs: [`Hello <img src=x onerror="alert('1')">`],
      footnote: "&",
    });
    expect(letter.html).not.toContain("<img");
    expect(letter.html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;");
    expect(letter.text).toContain("<img");
  });
});
