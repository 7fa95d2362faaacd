/** Lets concurrent appends share one write: items that come during a commit are gathered for the next one, in order. */
export class GroupCommit<Item> {
  readonly #commit: (items: readonly Item[]) => Promise<void>;
  readonly #hold: () => Promise<void>;
  #waiting: Waiting<Item>[] = [];
  #running: Promise<void> | undefined;

  /**
   * @param commit makes items durable; when it throws, the append of each of them throws the same error
   * @param hold waits before each commit for more items; by default only for those of the same turn of the event loop
   */
  constructor(commit: (items: readonly Item[]) => Promise<void>, hold = async () => Promise.resolve()) {
    this.#commit = commit;
    this.#hold = hold;
  }

  /** Resolves when the item is durable. */
  async append(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Waits until every item so far is durable or has failed. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#hold();
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
  }
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}
