// The network as guarded fetch sees it: who answers names, and which addresses may be connected to (MISSION I4, T7).
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";

export type Network = {
  /** Stand-ins of tests live on loopback. No configuration variable sets it. */
  allowLoopback: boolean;
  /** All addresses of a name; empty: nobody knows it. */
  resolve: (host: string) => Promise<LookupAddress[]>;
  /** PEM, trusted in the place of the system's authorities: for stand-ins. */
  certificateAuthority?: string;
};

/** The one that every installation has. */
export const publicNetwork: Network = { allowLoopback: false, resolve: (host) => lookup(host, { all: true }) };
