// Delivery to a real SMTP server: what is taken leaves once and is forgotten, what is put off is tried again, what is refused is said.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "~/db/transaction";
import { createSmtpCarrier } from "~/server/mail/create-smtp-carrier";
import type { MailCarrier } from "~/server/mail/mail-carrier";
import { createCertificate, type SmtpBehaviour, type SmtpStandIn, smtpError, startSmtp } from "~/server/testing/smtp-stand-in";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createMailer } from "./create-mailer";
import { deliverMail, retryDelaysMs } from "./deliver-mail";
import { sweepMails } from "./sweep-mails";

let services: TestServices;
let certificate: { key: string; cert: string };
let server: SmtpStandIn | null = null;
let carrier: MailCarrier | null = null;
const from = "Hosting <no-reply@host.example>";

beforeAll(async () => {
  services = await createTestServices();
  certificate = await createCertificate();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());
afterEach(async () => {
  carrier?.close();
  await server?.close();
  server = null;
});

const mail = { to: "ada@example.test", subject: "Grüße", text: "https://x.test/?token=1", html: "<p>Hello</p>" };

/** The house with this carrier, and one letter posted in it. */
async function postedWith(opened: MailCarrier) {
  carrier = opened;
  const mailer = createMailer({ ...services, carrier });
  await inTransaction(services.across, (tx) => mailer.send(tx, mail));
  const { id } = await row();
  return { needs: { ...services, mailer, log: quiet() }, mailId: id };
}

const quiet = () => services.log.child({}, { level: "silent" });
const carrierTo = (url: string, authority?: string) =>
  createSmtpCarrier({
    url: new URL(url),
    from,
    log: quiet(),
    ...(authority ? { authority } : {}),
  });

async function postedTo(behaviour: SmtpBehaviour = {}) {
  server = await startSmtp(behaviour);
  return postedWith(carrierTo(`smtp://127.0.0.1:${server.port}`));
}

const row = () => services.owner.selectFrom("outboxMails").selectAll().executeTakeFirstOrThrow();

describe("a letter that the server takes", () => {
  it("arrives in text and HTML from the configured sender, and its body is forgotten at once", async () => {
    const { needs, mailId } = await postedTo();
    expect(services.queue.rung).toMatchObject([{ name: "mail-deliver", payload: { mailId } }]);
    await deliverMail(needs, { mailId });
    const [letter = ""] = server?.taken ?? [];
    for (const line of [
      "From: Hosting <no-reply@host.example>",
      "To: ada@example.test",
      `Message-ID: <${mailId}@host.example>`,
      "multipart/alternative",
      "https://x.test/?token=1",
    ])
      expect(letter).toContain(line);
    expect(await row()).toMatchObject({ status: "sent", sealedBody: null, sentAt: services.clock.now(), lastError: null });
  });

  it("leaves once, though ten deliver it at the same moment", async () => {
    const { needs, mailId } = await postedTo();
    await Promise.all(Array.from({ length: 10 }, () => deliverMail(needs, { mailId })));
    await deliverMail(needs, { mailId });
    expect(server?.taken).toHaveLength(1);
  });

  it("carries no header and no recipient of its own making", async () => {
    server = await startSmtp();
    carrier = carrierTo(`smtp://127.0.0.1:${server.port}`);
    const forged = {
      ...mail,
      to: "ada@example.test, eve@example.test\r\nBcc: eve@example.test",
      subject: "Hi\r\nBcc: eve@example.test",
    };
    await carrier.deliver("mal_1", forged);
    expect((server.taken[0] ?? "").split("\r\n\r\n")[0] ?? "").not.toMatch(/^bcc:/im);
    expect(server.taken.length).toBeLessThanOrEqual(1);
  });
});

describe("a letter that does not leave", () => {
  it("is tried again later when the server puts it off, rung for by the sweep", async () => {
    let isBusy = true;
    const { needs, mailId } = await postedTo({ refuse: () => (isBusy ? smtpError(451) : null) });
    await deliverMail(needs, { mailId });
    const put = await row();
    expect(put).toMatchObject({ status: "queued", attempts: 1, lastError: "The mail server put the letter off (451)." });
    expect(put.nextAttemptAt?.getTime()).toBe(services.clock.now().getTime() + (retryDelaysMs[0] ?? 0));
    isBusy = false;
    await deliverMail(needs, { mailId });
    expect(server?.taken).toEqual([]);
    services.clock.advance(retryDelaysMs[0] ?? 0);
    services.queue.rung.length = 0;
    await sweepMails(needs);
    expect(services.queue.rung).toMatchObject([{ name: "mail-deliver", payload: { mailId } }]);
    await deliverMail(needs, { mailId });
    expect([server?.taken.length, (await row()).status]).toEqual([1, "sent"]);
  });

  it("is given up at once when the server refuses it for good, and its words are not repeated", async () => {
    const { needs, mailId } = await postedTo({ refuse: () => smtpError(550) });
    await deliverMail(needs, { mailId });
    expect(await row()).toMatchObject({ status: "failed", lastError: "The mail server refused the letter (550)." });
  });

  it("is given up after its last try at a server that is down", async () => {
    server = await startSmtp();
    const { port } = server;
    await server.close();
    server = null;
    const { needs, mailId } = await postedWith(carrierTo(`smtp://127.0.0.1:${port}`));
    for (const delayMs of retryDelaysMs) {
      await deliverMail(needs, { mailId });
      expect(await row()).toMatchObject({ status: "queued", lastError: expect.stringContaining("could not be reached") });
      services.clock.advance(delayMs);
    }
    await deliverMail(needs, { mailId });
    expect(await row()).toMatchObject({ status: "failed", attempts: retryDelaysMs.length + 1 });
  });

  it("says when the server does not know the user, and waits for the operator to mend it", async () => {
    const { needs, mailId } = await postedTo({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error("no")),
    });
    carrier?.close();
    carrier = carrierTo(`smtp://me:wr%3Aong@127.0.0.1:${server?.port}`);
    await deliverMail({ ...needs, mailer: { ...needs.mailer, carrier } }, { mailId });
    expect(await row()).toMatchObject({ status: "queued", lastError: expect.stringContaining("SMTP_URL") });
  });

  it("is held for the operator when the mail server leaves the configuration", async () => {
    const { needs, mailId } = await postedTo();
    await sweepMails({ ...needs, mailer: { ...needs.mailer, carrier: null } });
    await deliverMail(needs, { mailId });
    expect([(await row()).status, server?.taken]).toEqual(["held", []]);
  });
});

describe("TLS", () => {
  it("carries a letter from the first byte, with user and password, to a server whose certificate is trusted", async () => {
    const seen: unknown[] = [];
    server = await startSmtp({
      ...certificate,
      secure: true,
      authOptional: false,
      onAuth: ({ username, password }, session, done) => {
        seen.push([username, password, session.secure]);
        done(null, { user: username ?? "" });
      },
    });
    carrier = carrierTo(`smtps://me:p%40ss@localhost:${server.port}`, certificate.cert);
    expect(await carrier.deliver("mal_1", mail)).toEqual({ outcome: "sent" });
    expect(seen).toEqual([["me", "p@ss", true]]);
  });

  it("to a server whose certificate nobody vouches for carries nothing", async () => {
    server = await startSmtp({ ...certificate, secure: true });
    carrier = carrierTo(`smtps://localhost:${server.port}`);
    expect(await carrier.deliver("mal_1", mail)).toMatchObject({ outcome: "later", why: expect.stringContaining("certificate") });
    expect(server.taken).toEqual([]);
  });
});
