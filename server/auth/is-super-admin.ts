// Who operates the platform: the account made by an embedded start, and whoever proved an address that the configuration names.
import type { Config } from "~/server/config";

export type Person = { email: string; emailVerifiedAt: Date | null; isSuperAdmin: boolean };

/**
 * Judged anew with each proof of a session, so a name that is taken out of SUPER_ADMIN_EMAILS operates nothing any more once the
 * processes have started with the new list. An address that nobody proved, by letter or by a provider that vouches for it, does not count.
 */
export function isSuperAdmin(config: Pick<Config, "superAdminEmails">, person: Person): boolean {
  return person.isSuperAdmin || (person.emailVerifiedAt !== null && config.superAdminEmails.includes(person.email));
}
