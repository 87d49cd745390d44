// Type test: a job without a handler, a handler without a job, and a handler of another payload do not compile.

import type { Handlers } from "~/jobs/handlers";
import { handlers } from "~/jobs/handlers";

const { "deployment-run": runDeployment, ...others } = handlers;

function mustHandle(_handlers: Handlers): void {}

mustHandle(handlers);

// @ts-expect-error the deployment job has no handler
mustHandle(others);

// @ts-expect-error nobody promised such a job
mustHandle({ "deployment-run": runDeployment, ...others, "moon-landing": async () => {} });

mustHandle({
  ...handlers,
  // @ts-expect-error a deployment's payload holds its id, not a number
  "deployment-run": async (_services, payload: { deploymentId: number }) => {
    payload.deploymentId.toFixed();
  },
});
