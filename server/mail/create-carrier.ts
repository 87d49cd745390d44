// The carrier that the configuration names: a mail server, Resend, or none.
import type { Config } from "~/server/config";
import type { Log } from "~/server/log";
import { createResendCarrier } from "./create-resend-carrier";
import { createSmtpCarrier } from "./create-smtp-carrier";
import type { MailCarrier } from "./mail-carrier";

/** Null: letters are held for the operator. Opens nothing before the first letter. */
export function createCarrier(needs: { config: Pick<Config, "mail">; log: Log }): MailCarrier | null {
  const { mail } = needs.config;
  if (mail.carrier === "smtp") return createSmtpCarrier({ ...mail, log: needs.log });
  if (mail.carrier === "resend") return createResendCarrier({ ...mail, log: needs.log });
  return null;
}
