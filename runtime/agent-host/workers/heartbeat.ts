// The smallest worker: it answers as long as the event loop that it shares with the agent turns.

export default {
  fetch(): Response {
    return new Response("ok");
  },
};
