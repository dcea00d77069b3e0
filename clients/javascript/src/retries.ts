import { RecommenderError, type Post } from "./http.js";

const ATTEMPTS = 3;
// The API takes so many requests per second, of all visitors together: a moment later there is room.
const ATTEMPTS_WHEN_THROTTLED = 5;
const LONGEST_FIRST_PAUSE_MILLISECONDS = 500;

/** Return a `post` that calls again what failed for a moment only, after pauses of random length that grow. */
export function retrying(post: Post): Post {
  return async (...request) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await post(...request);
      } catch (error) {
        if (!(error instanceof RecommenderError) || !error.isTemporary) throw error;
        if (attempt >= (error.status === 429 ? ATTEMPTS_WHEN_THROTTLED : ATTEMPTS)) throw error;
        await pause(attempt);
      }
    }
  };
}

function pause(attempt: number): Promise<void> {
  const longest = LONGEST_FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1);
  return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}
