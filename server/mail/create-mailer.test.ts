// Posting: a letter leaves with its act or not at all, and lies unreadable to whoever holds the database.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction, inWorkspace } from "~/db/transaction";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { composeLetter } from "./compose-letter";
import { openLetter } from "./outbox-letter";
import { sweepMails } from "./sweep-mails";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const mail = { to: "ada@example.test", subject: "Confirm", text: "https://x.test/verify?token=canary", html: "<p>canary</p>" };
const post = (letter = mail) => inTransaction(services.across, (tx) => services.mailer.send(tx, letter));
const rows = () => services.owner.selectFrom("outboxMails").selectAll().orderBy("id").execute();

describe("a posted letter", () => {
  it("is held for the operator where there is no mail server, with a body that only the vault opens", async () => {
    await post();
    const [row] = await rows();
    expect(row).toMatchObject({ recipient: mail.to, subject: mail.subject, status: "held", nextAttemptAt: null });
    const sealed = row?.sealedBody ?? Buffer.alloc(0);
    expect(sealed.includes("canary")).toBe(false);
    expect(await openLetter(services.vault, row?.id ?? "", sealed)).toEqual({ text: mail.text, html: mail.html });
    expect(services.queue.rung).toEqual([]);
  });

  it("is neither kept nor told of when its act is rolled back", async () => {
    const act = inTransaction(services.across, async (tx) => {
      await services.mailer.send(tx, mail);
      throw new Error("the act failed");
    });
    await expect(act).rejects.toThrow("the act failed");
    expect([await rows(), services.mailer.sent]).toEqual([[], []]);
  });

  it("can be posted from inside a workspace, where none can be read", async () => {
    const { scope } = await createTestTenant(services);
    await inWorkspace(services.db, scope, (tx) => services.mailer.send(tx, mail));
    expect(await rows()).toHaveLength(1);
    const peek = inWorkspace(services.db, scope, (tx) => tx.selectFrom("outboxMails").selectAll().execute());
    await expect(peek).rejects.toThrow(/permission denied/);
  });

  it("is forgotten after seven days, when its link is long dead", async () => {
    await post();
    services.clock.advance(7 * 86_400_000 + 1);
    await post({ ...mail, subject: "Newer" });
    await sweepMails(services);
    expect(await rows()).toMatchObject([{ subject: "Newer" }]);
  });
});

describe("a letter", () => {
  it("escapes what people chose themselves, and fetches nothing from anywhere", () => {
    const letter = composeLetter({
      to: "a@example.test",
      subject: "S",
      paragraphs: [`Hello <img src=x onerror="alert('1')">`],
      link: { label: "Go", url: 'https://x.test/?a="b"&c' },
      footnote: "&",
    });
    expect(letter.html).not.toMatch(/<img|<link|url\(|<script/);
    expect(letter.html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;");
    expect(letter.html).toContain('href="https://x.test/?a=&quot;b&quot;&amp;c"');
    expect(letter.text).toContain("<img");
  });

  it("has one line as its subject, whatever name stands in it", async () => {
    await post({ ...mail, subject: "Ada\r\nBcc: everybody@example.test\u2028invites you" });
    expect(await rows()).toMatchObject([{ subject: "Ada Bcc: everybody@example.test invites you" }]);
  });
});
