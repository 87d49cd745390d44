// A ticket is the name of one stream for one caller, spelled in one way, until its time is over (MISSION A2, E8).
import { describe, expect, it } from "vitest";
import { newId } from "~/server/ids";
import { issueTicket, readTicket, ticketMs } from "./ticket-of-stream";

const config = { sessionSecret: Buffer.from("a secret of this test alone, long enough") };
const now = new Date("2026-03-01T12:00:00Z");
const holder = { agentId: newId("agent"), workspaceId: newId("workspace"), principal: "key:1" };
const deploymentId = newId("deployment");
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const read = (ticket: string, whose = holder, at = now) => readTicket(config, ticket, { holder: whose, now: at });

describe("a ticket", () => {
  it("leads its holder to the stream until its time is over, and not a moment longer", () => {
    const { ticket, streamId } = issueTicket(config, { deploymentId, holder, now });
    const end = now.getTime() + ticketMs;
    expect(read(ticket, holder, new Date(end))).toEqual({ streamId, deploymentId });
    expect(read(ticket, holder, new Date(end + 1))).toBeNull();
  });

  it("is nothing for another caller, agent or workspace", () => {
    const { ticket } = issueTicket(config, { deploymentId, holder, now });
    const others = [{ principal: "key:2" }, { agentId: newId("agent") }, { workspaceId: newId("workspace") }];
    expect(others.map((other) => read(ticket, { ...holder, ...other }))).toEqual([null, null, null]);
  });

  it("is nothing with any letter changed, the last one included, of which two bits say nothing", () => {
    const { ticket } = issueTicket(config, { deploymentId, holder, now });
    const accepted = [...ticket].flatMap((own, place) =>
      [...letters]
        .filter((letter) => letter !== own)
        .filter((letter) => read(`${ticket.slice(0, place)}${letter}${ticket.slice(place + 1)}`) !== null),
    );
    expect(accepted).toEqual([]);
  });
});
