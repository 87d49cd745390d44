// What each switch is called, and what it will do, in sentences an operator can check before the click.
import { countOf } from "~/app/ui/measures";
import type { Act } from "~/server/admin/acts.contract";
import type { Foresight } from "~/server/admin/admin.contract";

export type ActWords = {
  /** As a heading, with the target's name. */
  title: (name: string) => string;
  button: string;
  done: string;
  isDanger: boolean;
  /** Read before the click. */
  consequences: (foreseen: Foresight) => string[];
};

const streams = ({ openStreams, openPages }: Foresight): string[] => [
  openStreams === null
    ? "Open streams will be cut. How many there are is not known just now: Redis does not answer."
    : openStreams === 0
      ? "No stream is open just now; one that begins meanwhile is cut within two seconds."
      : `${countOf(openStreams, "open stream or call", "open streams and calls")} will be cut within two seconds.`,
  ...(openPages ? [`${countOf(openPages, "live page or upload", "live pages and uploads")} will end.`] : []),
];

const jobs = ({ queued, running }: Foresight): string[] =>
  queued + running === 0
    ? ["No deployment is under way."]
    : [`${countOf(queued + running, "deployment")} will wait: ${queued} queued, ${running} running. None is lost.`];

const signedOut = ({ sessions, people }: Foresight): string =>
  sessions === 0
    ? "Nobody is signed in."
    : `${countOf(people, "person", "people")} will be signed out, of ${countOf(sessions, "session")}.`;

const refusedKeys = ({ liveKeys }: Foresight): string =>
  `${countOf(liveKeys, "API key")} will be refused until it is enabled again, not revoked.`;
const lostKeys = ({ liveKeys }: Foresight): string =>
  `${countOf(liveKeys, "API key")} will stop working within a second. That cannot be undone: new ones have to be made.`;
const told = "The tenant reads this act and your reason in its own audit log, as done by “Platform operator”.";

export const actWords: Record<Act, ActWords> = {
  disable_user: {
    title: (name) => `Disable ${name}`,
    button: "Disable this account",
    done: "The account is disabled.",
    isDanger: true,
    consequences: (foreseen) => [
      ...streams(foreseen),
      ...jobs(foreseen),
      refusedKeys(foreseen),
      `${countOf(foreseen.sessions, "session")} will end; signing in is refused.`,
      "The workspaces go on for everybody else. To stop a workspace, disable the workspace.",
    ],
  },
  enable_user: {
    title: (name) => `Enable ${name}`,
    button: "Enable this account",
    done: "The account is enabled.",
    isDanger: false,
    consequences: ({ liveKeys, queued }) => [
      "The person can sign in again; sessions that were ended stay ended.",
      `${countOf(liveKeys, "API key")} will count again, within a second.`,
      `${countOf(queued, "waiting deployment")} will go on.`,
    ],
  },
  end_user_sessions: {
    title: (name) => `Sign ${name} out everywhere`,
    button: "Sign out everywhere",
    done: "The person is signed out everywhere.",
    isDanger: false,
    consequences: (foreseen) => [signedOut(foreseen), "Their API keys go on working. Signing in again is possible at once."],
  },
  revoke_user_keys: {
    title: (name) => `Revoke every key made by ${name}`,
    button: "Revoke these keys",
    done: "The keys are revoked.",
    isDanger: true,
    consequences: (foreseen) => [lostKeys(foreseen), "Keys that others made in the same workspaces go on working."],
  },
  disable_workspace: {
    title: (name) => `Disable the workspace ${name}`,
    button: "Disable this workspace",
    done: "The workspace is disabled.",
    isDanger: true,
    consequences: (foreseen) => [
      ...streams(foreseen),
      ...jobs(foreseen),
      refusedKeys(foreseen),
      `${countOf(foreseen.agents, "live agent")} will be stopped, background work included. Placements, sessions and secrets stay.`,
      "Members stay signed in and see that the workspace is disabled. Telemetry is still accepted.",
    ],
  },
  enable_workspace: {
    title: (name) => `Enable the workspace ${name}`,
    button: "Enable this workspace",
    done: "The workspace is enabled.",
    isDanger: false,
    consequences: ({ liveKeys, queued, agents }) => [
      `${countOf(liveKeys, "API key")} will count again, within a second.`,
      `${countOf(agents, "agent")} will start with the next call.`,
      `${countOf(queued, "waiting deployment")} will go on.`,
    ],
  },
  end_workspace_sessions: {
    title: (name) => `Sign out every member of ${name}`,
    button: "Sign out all members",
    done: "Every member is signed out.",
    isDanger: false,
    consequences: (foreseen) => [
      signedOut(foreseen),
      "They are signed out of their other workspaces too: a session is a person's.",
    ],
  },
  revoke_workspace_keys: {
    title: (name) => `Revoke every key of ${name}`,
    button: "Revoke all keys",
    done: "The keys are revoked.",
    isDanger: true,
    consequences: (foreseen) => [lostKeys(foreseen), "People go on working in their browsers."],
  },
  revoke_key: {
    title: (name) => `Revoke the key ${name}`,
    button: "Revoke this key",
    done: "The key is revoked.",
    isDanger: true,
    consequences: (foreseen) => [lostKeys(foreseen), ...streams(foreseen)],
  },
  end_every_session: {
    title: () => "Sign everybody out",
    button: "Sign everybody out",
    done: "Everybody is signed out, but for you in this browser.",
    isDanger: true,
    consequences: (foreseen) => [
      signedOut(foreseen),
      "Only this browser of yours stays signed in. API keys go on working.",
      "Everybody can sign in again at once, with password, provider or passkey.",
    ],
  },
};

/** Said under every act: whom it is told to. */
export const toldWords = told;
