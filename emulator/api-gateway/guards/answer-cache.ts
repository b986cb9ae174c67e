import type { AuthorizerAnswer } from "./authorizer-answer.ts";

export interface AnswerCache {
  get(key: string): AuthorizerAnswer | undefined;
  set(key: string, answer: AuthorizerAnswer): void;
}

/** Answers of one authorizer in one stage, each kept for as long as the authorizer says. */
export function createAnswerCache(ttlSeconds: number, now: () => Date): AnswerCache {
  const entries = new Map<string, { answer: AuthorizerAnswer; expires: number }>();
  const isOver = ({ expires }: { expires: number }) => expires <= now().getTime();
  return {
    get(key) {
      const entry = entries.get(key);
      return entry === undefined || isOver(entry) ? undefined : entry.answer;
    },
    set(key, answer) {
      for (const [other, entry] of entries) if (isOver(entry)) entries.delete(other);
      entries.set(key, { answer, expires: now().getTime() + ttlSeconds * 1000 });
    },
  };
}
