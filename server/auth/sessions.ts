// Sessions of people: lucia behind this one file, so that replacing it means rewriting this one (MISSION B4).
import { Lucia, TimeSpan } from "lucia";
import type { SignInMethod } from "~/db/tables/user-sessions";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { isSuperAdmin } from "./is-super-admin";
import type { UserPrincipal } from "./principal";
import { createSessionAdapter } from "./session-adapter";
import {
  deleteSessionAcrossWorkspaces,
  deleteSessionsOfUserAcrossWorkspaces,
  setSessionExpiryAcrossWorkspaces,
  setSessionUsedIfStaleAcrossWorkspaces,
} from "./sessions.queries";
import type { Visitor } from "./visitor";

const idleLimit = new TimeSpan(7, "d");
/** How far use may lag behind in the row before it is written: the idle limit is exact to the hour, and few requests write. */
const idleStepMs = 60 * 60_000;
const lastUseStepMs = 60_000;
const userAgentCharactersMax = 300;

export type SessionNeeds = Pick<Services, "across" | "clock" | "config">;

export type ProvenSession = {
  user: UserPrincipal;
  /** The same cookie with a later expiry, when use has moved the idle limit. */
  setCookie: string | null;
};

export type Sessions = {
  /** A fresh id, whatever the browser presented before: nobody can plant one. Answers the Set-Cookie header. */
  create(userId: string, visitor: Visitor, method?: SignInMethod): Promise<string>;
  /** Null when there is no cookie, or no live session of an enabled person behind it. */
  prove(cookieHeader: string | null): Promise<ProvenSession | null>;
  /** Ends one session by its hash. */
  end(sessionIdHash: string): Promise<void>;
  /** Ends every session of a person; answers how many there were. */
  endAll(userId: string): Promise<number>;
  /** The Set-Cookie header that clears the cookie. */
  clearingCookie(): string;
};

/** Cheap to make: holds no state. With a transaction as `across` a session begins or ends with the act around it. */
export function openSessions(needs: SessionNeeds): Sessions {
  const lucia = createLucia(needs);
  return {
    clearingCookie: () => lucia.createBlankSessionCookie().serialize(),
    async create(userId, visitor, method) {
      const session = await lucia.createSession(userId, {
        ...newLimits(needs),
        ipAddress: visitor.ipAddress,
        userAgent: visitor.userAgent?.slice(0, userAgentCharactersMax) ?? null,
        method: method ?? null,
      });
      return lucia.createSessionCookie(session.id).serialize();
    },
    async prove(cookieHeader) {
      const sessionId = cookieHeader ? lucia.readSessionCookie(cookieHeader) : null;
      if (!sessionId) return null;
      const { session, user } = await lucia.validateSession(sessionId);
      if (!session) return null;
      const sessionIdHash = sha256Hex(sessionId);
      await noteUse(needs, sessionIdHash, session.lastUsedAt);
      const { provenAt } = session;
      const { id: userId, emailVerifiedAt, ...person } = user;
      return {
        user: {
          kind: "user",
          userId,
          ...person,
          emailVerified: emailVerifiedAt !== null,
          isSuperAdmin: isSuperAdmin(needs.config, user),
          sessionIdHash,
          provenAt,
        },
        setCookie: (await slide(needs, sessionIdHash, session)) ? lucia.createSessionCookie(sessionId).serialize() : null,
      };
    },
    end: (sessionIdHash) => deleteSessionAcrossWorkspaces(needs.across, sessionIdHash),
    endAll: (userId) => deleteSessionsOfUserAcrossWorkspaces(needs.across, userId),
  };
}

/** `__Host-` ties the cookie to this very host over HTTPS: no sibling domain can set it. */
function createLucia(needs: SessionNeeds) {
  const isSecure = needs.config.isProduction;
  return new Lucia(createSessionAdapter(needs), {
    sessionExpiresIn: idleLimit,
    sessionCookie: {
      name: isSecure ? "__Host-whs_session" : "whs_session",
      attributes: { secure: isSecure, sameSite: "lax", path: "/" },
    },
    getUserAttributes: (attributes) => attributes,
    getSessionAttributes: ({ lastUsedAt, provenAt, idleUntil, endsAt }) => ({ lastUsedAt, provenAt, idleUntil, endsAt }),
  });
}

/** The adapter writes the limits of a new session by its own reckoning; these are only lucia's view of them. */
function newLimits({ clock }: SessionNeeds) {
  const now = clock.now();
  return { lastUsedAt: now, provenAt: now, idleUntil: now, endsAt: now };
}

/**
 * Moves the idle limit with use, never past the absolute one; says whether the cookie has to follow. lucia would wait until half
 * of the time is gone, which could sign somebody out who was here four days ago.
 */
async function slide(needs: SessionNeeds, idHash: string, limits: { idleUntil: Date; endsAt: Date }): Promise<boolean> {
  const idleUntil = Math.min(needs.clock.now().getTime() + idleLimit.milliseconds(), limits.endsAt.getTime());
  if (idleUntil - limits.idleUntil.getTime() < idleStepMs) return false;
  await setSessionExpiryAcrossWorkspaces(needs.across, idHash, new Date(idleUntil));
  return true;
}

async function noteUse(needs: SessionNeeds, sessionIdHash: string, lastUsedAt: Date): Promise<void> {
  const now = needs.clock.now();
  const staleBefore = new Date(now.getTime() - lastUseStepMs);
  if (lastUsedAt < staleBefore) await setSessionUsedIfStaleAcrossWorkspaces(needs.across, sessionIdHash, { now, staleBefore });
}

declare module "lucia" {
  interface Register {
    Lucia: ReturnType<typeof createLucia>;
    DatabaseUserAttributes: { email: string; displayName: string; emailVerifiedAt: Date | null; isSuperAdmin: boolean };
    DatabaseSessionAttributes: {
      lastUsedAt: Date;
      provenAt: Date;
      /** Moved by use. */
      idleUntil: Date;
      /** Never moved. */
      endsAt: Date;
      ipAddress: string | null;
      userAgent: string | null;
      method: SignInMethod | null;
    };
  }
}
