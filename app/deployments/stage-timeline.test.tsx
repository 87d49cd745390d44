// @vitest-environment happy-dom
// The timeline says in words what happened at every stage, also what never happened.
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DeploymentDetail, DeploymentStep } from "~/server/deployments/deployments.contract";
import { StageTimeline } from "./stage-timeline";
import { withProgress } from "./use-live-deployment";

const begunAt = new Date("2026-11-22T04:00:00.000Z");
const at = (ms: number) => new Date(begunAt.getTime() + ms);

const step = (
  stage: DeploymentStep["stage"],
  outcome: DeploymentStep["outcome"],
  fromMs: number,
  toMs: number | null,
): DeploymentStep => ({
  stage,
  outcome,
  startedAt: at(fromMs),
  finishedAt: toMs === null ? null : at(toMs),
  goldens: null,
});

const deployment: DeploymentDetail = {
  deploymentId: "dep_1",
  agentId: "agt_1",
  version: 3,
  runtime: "embedded",
  status: "failed",
  stage: "built",
  activates: true,
  bundleSha256: "00",
  failureCode: "build_failed",
  failureReason: "src/index.ts does not parse.",
  cancelRequested: false,
  createdByName: "Ada Example",
  createdBy: "usr_1",
  createdAt: begunAt,
  startedAt: begunAt,
  finishedAt: at(900),
  activatedAt: null,
  prunedAt: null,
  fileName: "a.zip",
  sizeBytes: 1,
  filesCount: 1,
  source: null,
  requiredKeys: [],
  networkAllow: null,
  secretVersions: {},
  variableVersions: {},
  steps: [step("received", "done", 0, 12), step("checked", "done", 12, 152), step("built", "failed", 152, 900)],
  logs: [{ seq: 1, stage: "built", level: "error", line: "src/index.ts:3: expected ;", createdAt: at(800) }],
};

let root: Root;
let box: HTMLElement;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  box = document.createElement("div");
  root = createRoot(box);
});

afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

const stageText = (stage: string) => box.querySelector(`[data-stage=${stage}]`)?.textContent ?? "";

describe("the stages of a failed deployment", () => {
  test("tell how long each took, why it failed, and which were not reached", () => {
    act(() => root.render(<StageTimeline deployment={deployment} />));
    expect(stageText("checked")).toContain("140 ms");
    expect(stageText("built")).toContain("failed");
    expect(stageText("built")).toContain("error: src/index.ts:3: expected ;");
    expect(stageText("placed")).toContain("not reached");
    expect(box.querySelector("[role=status]")?.textContent).toBe("Built: failed");
  });
});

describe("progress as it arrives", () => {
  const progress = {
    deployment: { ...deployment, status: "active" as const },
    steps: [step("active", "done", 0, 1)],
    newLogs: deployment.logs,
  };

  test("the same line told twice is shown once", () => {
    expect(withProgress(deployment, progress).logs).toHaveLength(1);
  });

  test("of another deployment changes nothing", () => {
    const foreign = { ...progress, deployment: { ...progress.deployment, deploymentId: "dep_2" } };
    expect(withProgress(deployment, foreign)).toBe(deployment);
  });
});
