// What the adapter is built from: plain values and two functions, so that a test can build it against a stand-in.
import type { CloudflareConfig } from "~/server/config-cloudflare";
import type { Log } from "~/server/log";
import type { HeldAnswers } from "~/server/providers/held-answers";
import type { OpenGrant } from "~/server/providers/provider";

export type CloudflareNeeds = {
  config: CloudflareConfig;
  /** Names and tags everything that is made (MISSION D5). */
  environment: string;
  publicUrl: URL;
  /** The current root key first, then former ones: keys of scripts are derived, none is stored. */
  rootKeys: readonly Buffer[];
  openGrant: OpenGrant;
  /** Of this process, whichever runtime an answer comes from. */
  answers: HeldAnswers;
  log: Log;
  patience?: Partial<Patience>;
};

/** How long is waited for what. Milliseconds. */
export type Patience = {
  /** One request to the API. */
  requestMs: number;
  /** Before each further attempt; so many attempts there are, and one. */
  pausesMs: readonly number[];
  /** What the vendor asks us to wait is heeded up to here. */
  retryAfterMsMax: number;
  /** For a script to answer after it was uploaded, all in all. */
  readyMs: number;
  readyPauseMs: number;
  /** Until a script begins to answer. */
  answerMs: number;
};

export const defaultPatience: Patience = {
  requestMs: 30_000,
  pausesMs: [250, 1_000, 4_000],
  retryAfterMsMax: 10_000,
  readyMs: 60_000,
  readyPauseMs: 500,
  answerMs: 15_000,
};
