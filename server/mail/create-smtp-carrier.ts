// Carries letters to a mail server by SMTP: over TLS, through a few kept connections (MISSION I6, J9).
import { createTransport } from "nodemailer";
import type SMTPPool from "nodemailer/lib/smtp-pool";
import type { Log } from "~/server/log";
import { isLoopbackUrl } from "~/server/loopback-url";
import { inTime } from "./in-time";
import type { Delivery, MailCarrier } from "./mail-carrier";

export type SmtpPlace = {
  /** `smtps://user:password@host:port`, or `smtp://` for STARTTLS. */
  url: URL;
  from: string;
  log: Log;
  /** PEM of an authority to trust besides the usual ones; for tests. */
  authority?: string;
};

const connectTimeoutMs = 10_000;
const silenceTimeoutMs = 30_000;

export function createSmtpCarrier(place: SmtpPlace): MailCarrier {
  const transport = createTransport(poolOptions(place));
  transport.on("error", (error) => place.log.warn({ err: error }, "the connection to the mail server is troubled"));
  const domain = /@([^\s>]+)/.exec(place.from)?.[1] ?? "localhost";
  return {
    async deliver(mailId, mail) {
      const { to: address, ...content } = mail;
      const message = { ...content, from: place.from, to: { name: "", address }, messageId: `<${mailId}@${domain}>` };
      try {
        await inTime(transport.sendMail({ ...message, disableFileAccess: true, disableUrlAccess: true }));
        return { outcome: "sent" };
      } catch (error) {
        place.log.debug({ err: error, mailId }, "the mail server did not take a letter");
        return judge(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Without TLS only to a relay on this very machine, whose certificate nobody could check anyway. */
function poolOptions({ url, authority }: SmtpPlace): SMTPPool.Options {
  const isImplicit = url.protocol === "smtps:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocalRelay = !isImplicit && isLoopbackUrl(url);
  const user = decodeURIComponent(url.username);
  return {
    pool: true,
    maxConnections: 3,
    maxMessages: 100,
    host,
    port: url.port === "" ? (isImplicit ? 465 : 587) : Number(url.port),
    secure: isImplicit,
    requireTLS: !isImplicit && !isLocalRelay,
    ignoreTLS: isLocalRelay,
    tls: { minVersion: "TLSv1.2", ...(authority ? { ca: authority } : {}) },
    ...(user ? { auth: { user, pass: decodeURIComponent(url.password) } } : {}),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: silenceTimeoutMs,
  };
}

/** RFC 5321 section 4.2.1: 4yz is worth another try, 5yz is final; but what the operator can mend waits for that. */
function judge(error: unknown): Delivery {
  const { code = "", responseCode } = error as { code?: string; responseCode?: number };
  if (code === "EAUTH") return { outcome: "later", why: "The mail server did not accept the user and password of SMTP_URL." };
  if (code === "ETLS") return { outcome: "later", why: "The mail server did not agree to TLS, without which no letter leaves." };
  if (responseCode === undefined) {
    return { outcome: "later", why: "The mail server could not be reached, or its certificate could not be trusted." };
  }
  if (responseCode >= 500) return { outcome: "refused", why: `The mail server refused the letter (${responseCode}).` };
  return { outcome: "later", why: `The mail server put the letter off (${responseCode}).` };
}
