// The connection to Redis where commands are spans: by their names, never their words.
import { Redis } from "ioredis";
import { inSpan } from "./spans";

export class TracedRedis extends Redis {
  override sendCommand(...asked: Parameters<Redis["sendCommand"]>): unknown {
    const [command] = asked;
    const operation = command.name.toUpperCase();
    const facts = { "db.system.name": "redis", "db.operation.name": operation };
    let answer: unknown;
    void inSpan({ name: `redis ${operation}`, kind: "client", facts }, async () => {
      answer = super.sendCommand(...asked);
      await answer;
    }).catch(() => undefined); // whoever asked gets `answer` itself, with its error
    return answer;
  }
}
