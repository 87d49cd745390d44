// The words of people and their sessions, shared with the browser.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";

/** bcrypt reads 72 bytes and no more; a longer password is refused instead of cut (MISSION B1). */
export const passwordBytesMax = 72;
export const passwordLengthMin = 10;

/** Trimmed, NFKC, lower case: two spellings of one address are one account. */
export const Email = z
  .string()
  .transform((text) => text.trim().normalize("NFKC").toLowerCase())
  .pipe(z.email("Write an address like ada@example.com.").max(254, "An address has at most 254 characters."));

export const Password = z
  .string()
  .min(passwordLengthMin, `Use at least ${passwordLengthMin} characters.`)
  .refine(
    (text) => new TextEncoder().encode(text).length <= passwordBytesMax,
    `Use at most ${passwordBytesMax} bytes: what comes after would not count.`,
  );

export const SignUpInput = z.object({
  email: Email,
  // Letters greet by it, also people who never signed up: it must not carry a message of its own.
  displayName: z
    .string()
    .trim()
    .min(1, "Tell us what to call you.")
    .max(100, "Use at most 100 characters.")
    .refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]|:\/\/|www\./iu.test(name), "Write a name, without links or line breaks."),
  password: Password,
});
export type SignUpInput = z.infer<typeof SignUpInput>;
/** The password of the sign-up, asked again: whoever holds the letter may not be who signed up. */
export const VerifyEmailInput = z.object({ token: z.string().max(200), password: z.string().max(1_000) });
export type VerifyEmailInput = z.infer<typeof VerifyEmailInput>;
export const ResendVerificationInput = z.object({ email: Email });
/** The password is only capped: a wrong one is refused like any other. */
export const SignInInput = z.object({ email: Email, password: z.string().max(1_000) });
export type SignInInput = z.infer<typeof SignInInput>;
export const SignInLinkInput = z.object({ token: z.string().max(200) });
export const ChangePasswordInput = z.object({ currentPassword: z.string().max(1_000), newPassword: Password });
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;
export const RequestPasswordResetInput = z.object({ email: Email });
export const ResetPasswordInput = z.object({ token: z.string().max(200), password: Password });
export type ResetPasswordInput = z.infer<typeof ResetPasswordInput>;

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
  /** Plain text with the link; opened for the operator only. */
  text: z.string(),
  createdAt: Moment,
});
export type OutboxItem = z.infer<typeof OutboxItem>;
