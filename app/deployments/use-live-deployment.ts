// A deployment as it is now: what the page loaded, then every change as the server sends it.
import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { DeploymentDetail, DeploymentProgress } from "~/server/deployments/deployments.contract";
import { deploymentWords } from "./deployment-words";

const askAgainMs = 2_000;

/** Without a live connection it asks again every two seconds; a finished deployment is left alone. */
export function useLiveDeployment(loaded: DeploymentDetail, workspaceId: string) {
  const [live, setLive] = useState(loaded);
  const [isConnected, setIsConnected] = useState(false);
  useEffect(() => setLive((before) => newer(before, loaded)), [loaded]);
  const isFinished = deploymentWords[live.status].isFinished;
  useReload(isFinished, isConnected);

  useEffect(() => {
    if (isFinished) return;
    let isGone = false;
    let stop = () => {};
    void import("~/app/browser-api").then(({ browserApi }) => {
      if (isGone) return;
      const subscription = browserApi(workspaceId).deployments.watch.subscribe(
        { deploymentId: loaded.deploymentId },
        {
          onStarted: () => setIsConnected(true),
          onData: (progress) => setLive((before) => withProgress(before, progress)),
          onError: () => setIsConnected(false),
          onComplete: () => setIsConnected(false),
        },
      );
      stop = () => subscription.unsubscribe();
    });
    return () => {
      isGone = true;
      setIsConnected(false);
      stop();
    };
  }, [isFinished, loaded.deploymentId, workspaceId]);

  return { live, isFinished, isConnected };
}

/** Reloads the page's data while there is no live connection, and once when the end is reached; never across a page on its way. */
function useReload(isFinished: boolean, isConnected: boolean) {
  const { revalidate } = useRevalidator();
  const isStill = useNavigation().state === "idle";
  const hasToldEnd = useRef(isFinished);
  useEffect(() => {
    if (!isStill) return;
    if (isFinished && !hasToldEnd.current) {
      hasToldEnd.current = true;
      revalidate();
    }
    if (isFinished || isConnected) return;
    const timer = setInterval(revalidate, askAgainMs);
    return () => clearInterval(timer);
  }, [isFinished, isConnected, isStill, revalidate]);
}

export function withProgress(before: DeploymentDetail, progress: DeploymentProgress): DeploymentDetail {
  if (progress.deployment.deploymentId !== before.deploymentId) return before;
  const known = new Set(before.logs.map((line) => line.seq));
  const added = progress.newLogs.filter((line) => !known.has(line.seq));
  return {
    ...before,
    ...progress.deployment,
    steps: progress.steps,
    logs: [...before.logs, ...added].sort((a, b) => a.seq - b.seq),
  };
}

/** A slow answer must not undo what the live connection already told. */
function newer(before: DeploymentDetail, loaded: DeploymentDetail): DeploymentDetail {
  if (before.deploymentId !== loaded.deploymentId) return loaded;
  const isBehind =
    loaded.logs.length < before.logs.length ||
    (deploymentWords[before.status].isFinished && !deploymentWords[loaded.status].isFinished);
  return isBehind ? before : loaded;
}
