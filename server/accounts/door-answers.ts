// What the account procedures have in common: who knocks, and how an act's cookie reaches the answer.
import type { z } from "zod";
import type { Principal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Done } from "~/server/zod-shapes";
import type { Entry } from "./accounts.contract";
import type { Caller } from "./begin-session";
import type { Entered } from "./enter-account";

type DoneAnswer = z.infer<typeof Done>;

/** The part of a door's context that is needed here. */
type AtTheDoor = {
  request: Visitor;
  principal: () => Promise<Principal | null>;
  setCookie: (cookie: string) => void;
};

/** The session this browser still holds ends when a new one begins. */
export async function callerOf(ctx: AtTheDoor): Promise<Caller> {
  const principal = await ctx.principal();
  return { ...ctx.request, sessionIdHash: principal?.kind === "user" ? principal.sessionIdHash : null };
}

export async function done(act: Promise<void>): Promise<DoneAnswer> {
  await act;
  return { done: true };
}

export async function setting(ctx: AtTheDoor, act: Promise<{ setCookie: string }>): Promise<DoneAnswer> {
  ctx.setCookie((await act).setCookie);
  return { done: true };
}

export async function entering(ctx: AtTheDoor, act: Promise<Entered>): Promise<Entry> {
  const entered = await act;
  ctx.setCookie(entered.setCookie);
  return { next: entered.kind };
}

/** For questions to the browser: the cookie binds it to the challenge, the options are what it is asked. */
export async function asking<Options>(ctx: AtTheDoor, act: Promise<{ options: Options; setCookie: string }>): Promise<Options> {
  const { options, setCookie } = await act;
  ctx.setCookie(setCookie);
  return options;
}
