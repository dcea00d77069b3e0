import { fieldsOf, isText, listOf, type Store } from "./storage.js";
import type { Recommendation } from "./types.js";

const NAME = "shown";
const MAXIMUM_ANSWERS = 10;
const MAXIMUM_ELEMENTS = 100;
// Personalize takes at most so many ids in an impression.
const MAXIMUM_IMPRESSION = 25;

/** What an event says about the answer that it follows from. */
export interface Attribution {
  recommendationId?: string;
  impression?: string[];
  /** The animal's group. */
  group?: string;
}

interface Answer {
  /** Groups in the order in which they were shown, each once. */
  groups: string[];
  /** Id of a pet or, in an answer without pets, of a group -> its group and recommendationId. */
  elements: Record<string, [group: string, recommendationId?: string]>;
}

/**
 * The last answers, so that an event is attributed to the one that showed its animal: also on the next page, which knows
 * only the animal's id.
 */
export class ShownAnswers {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  remember(answer: Recommendation[]): void {
    const shown = answer.slice(0, MAXIMUM_ELEMENTS);
    if (shown.length === 0) return;
    const elements = shown.map(({ id, pet, recommendationId }) => [
      pet?.id ?? id,
      recommendationId ? [id, recommendationId] : [id],
    ]);
    const groups = [...new Set(shown.map(({ id }) => id))];
    const earlier = this.#answers();
    const newest = { groups, elements: Object.fromEntries(elements) };
    this.#store.write(NAME, [newest, ...earlier].slice(0, MAXIMUM_ANSWERS));
  }

  /** Return the newest answer's attribution of a pet or group; empty if no answer showed it. */
  find(id: string): Attribution {
    for (const { groups, elements } of this.#answers()) {
      if (!Object.hasOwn(elements, id)) continue;
      const [group, recommendationId] = elements[id]!;
      const first = groups.slice(0, MAXIMUM_IMPRESSION);
      const impression = first.includes(group) ? first : [...first.slice(0, -1), group];
      return { group, impression, ...(recommendationId ? { recommendationId } : {}) };
    }
    return {};
  }

  drop(): void {
    this.#store.remove(NAME);
  }

  #answers(): Answer[] {
    return this.#store.read(NAME, (value) => listOf<Answer>(value, isAnswer)) ?? [];
  }
}

function isAnswer(value: unknown): boolean {
  const { groups, elements } = fieldsOf(value);
  const areTexts = (list: unknown) => Array.isArray(list) && list.length > 0 && list.every(isText);
  return areTexts(groups) && elements instanceof Object && Object.values(elements).every(areTexts);
}
