// The port that the web process will listen on, judged before anything starts.
import { findFreePort } from "./free-port";
import { LaunchProblem } from "./problem";

/** Answers a free port for 0. Throws {@link LaunchProblem} when the wished one cannot be had. */
export async function choosePort(host: string, wished: number): Promise<number> {
  const port = await findFreePort(host, wished).catch((cause: NodeJS.ErrnoException) => {
    throw new LaunchProblem(sentenceFor(cause.code ?? "", host, wished), { cause });
  });
  if (port !== null) return port;
  throw new LaunchProblem(
    `Port ${wished} on ${host} is in use by another program: stop that one, or choose another port, for example PORT=${wished + 1} npm start.`,
  );
}

function sentenceFor(code: string, host: string, port: number): string {
  if (code === "EACCES") return `Port ${port} needs more rights than you have: choose one above 1023, for example PORT=3000.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `HOST is ${host}, which is no address of this machine: use 127.0.0.1 (this machine only) or 0.0.0.0 (everywhere).`;
  return `${host}:${port} cannot be listened on (${code}): set HOST and PORT to an address of this machine.`;
}
