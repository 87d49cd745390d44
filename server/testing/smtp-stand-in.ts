// A real SMTP server on loopback, which does as the test says and keeps what it was given.
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export type SmtpStandIn = {
  port: number;
  /** Raw letters, headers first, as they were taken. */
  taken: string[];
  close(): Promise<void>;
};

export type SmtpBehaviour = SMTPServerOptions & {
  /** Throws, or answers an SMTP error, in place of taking the letter. */
  refuse?: () => (Error & { responseCode: number }) | null;
};

export function smtpError(responseCode: number): Error & { responseCode: number } {
  return Object.assign(new Error("said by the server, not for us"), { responseCode });
}

export async function startSmtp({ refuse, ...options }: SmtpBehaviour = {}): Promise<SmtpStandIn> {
  const taken: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key ? [] : ["STARTTLS"],
    ...options,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const refusal = refuse?.() ?? null;
        if (!refusal) taken.push(Buffer.concat(chunks).toString("utf8"));
        done(refusal);
      });
    },
  });
  server.on("error", () => undefined); // a client that hangs up at a certificate is what some tests are about
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, taken, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A fresh certificate for localhost, signed by itself: `cert` is its own authority. */
export async function createCertificate(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  return { key: made.private, cert: made.cert };
}
