// The words of people and their sessions, shared with the browser.
import { z } from "zod";
import { mailStatuses } from "~/db/tables/outbox-mails";
import { signInMethods } from "~/db/tables/user-sessions";
import { AccountName, Email } from "~/server/auth/email.contract";
import { isPlainName, Moment, PageQuery } from "~/server/zod-shapes";

/** bcrypt reads 72 bytes and no more; a longer password is refused instead of cut (MISSION B1). */
export const passwordBytesMax = 72;
export const passwordLengthMin = 10;

export const Password = z
  .string()
  .min(passwordLengthMin, `Use at least ${passwordLengthMin} characters.`)
  .refine(
    (text) => new TextEncoder().encode(text).length <= passwordBytesMax,
    `Use at most ${passwordBytesMax} bytes: what comes after would not count.`,
  );

/** Letters greet by it, also people who never signed up. */
export const DisplayName = z
  .string()
  .trim()
  .min(1, "Tell us what to call you.")
  .max(100, "Use at most 100 characters.")
  .refine(isPlainName, "Write a name, without links or line breaks.");

export const SignUpInput = z.object({ email: Email, displayName: DisplayName, password: Password });
export type SignUpInput = z.infer<typeof SignUpInput>;
/** The password of the sign-up, asked again: whoever holds the letter may not be who signed up. */
export const VerifyEmailInput = z.object({ token: z.string().max(200), password: z.string().max(1_000) });
export type VerifyEmailInput = z.infer<typeof VerifyEmailInput>;
export const ResendVerificationInput = z.object({ email: Email });
/** Both are only capped: a wrong one is refused like any other, and the operator of an installation has no real address. */
export const SignInInput = z.object({ email: AccountName.pipe(z.string().max(254)), password: z.string().max(1_000) });
export type SignInInput = z.infer<typeof SignInInput>;
export const SignInLinkInput = z.object({ token: z.string().max(200) });
export const ChangePasswordInput = z.object({ currentPassword: z.string().max(1_000), newPassword: Password });
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;
export const SetPasswordInput = z.object({ newPassword: Password });
export const DisplayNameInput = z.object({ displayName: DisplayName });
export const RequestPasswordResetInput = z.object({ email: Email });
export const ResetPasswordInput = z.object({ token: z.string().max(200), password: Password });
export type ResetPasswordInput = z.infer<typeof ResetPasswordInput>;

/** What a way in led to: `second_factor` means that nobody is signed in until the code is shown. */
export const Entry = z.object({ next: z.enum(["signed_in", "second_factor"]) });
export type Entry = z.infer<typeof Entry>;

export const Me = z.object({
  userId: z.string(),
  email: z.string(),
  displayName: z.string(),
  emailVerified: z.boolean(),
  isSuperAdmin: z.boolean(),
});
export type Me = z.infer<typeof Me>;

export const SessionItem = z.object({
  /** The first half of the session's hash: names it, cannot be used as it. */
  sessionId: z.string(),
  isCurrent: z.boolean(),
  device: z.string(),
  ipAddress: z.string().nullable(),
  /** What let the person in; null for a session from before this was kept. */
  method: z.enum(signInMethods).nullable(),
  createdAt: Moment,
  lastUsedAt: Moment,
});
export type SessionItem = z.infer<typeof SessionItem>;

/** As many hexadecimal digits as a session's public name has. */
export const sessionNameLength = 32;
export const RevokeSessionInput = z.object({
  sessionId: z.string().regex(/^[0-9a-f]{32}$/, "Expected the sessionId of a listed session."),
});

export const OutboxItem = z.object({
  mailId: z.string(),
  recipient: z.string(),
  subject: z.string(),
  status: z.enum(mailStatuses),
  /** Plain text with the link; opened for the operator, and only where no mail server carries letters. */
  text: z.string().nullable(),
  attempts: z.number(),
  /** What went wrong last; null when nothing did. */
  lastError: z.string().nullable(),
  nextAttemptAt: Moment.nullable(),
  sentAt: Moment.nullable(),
  createdAt: Moment,
});
export type OutboxItem = z.infer<typeof OutboxItem>;

export const OutboxQuery = PageQuery.extend({ status: z.enum(mailStatuses).optional() });
export type OutboxQuery = z.infer<typeof OutboxQuery>;

export const RetryMailInput = z.object({ mailId: z.string().max(64) });
