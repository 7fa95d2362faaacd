/** A read-write lock per key: any number of shared holders, or one exclusive holder, in order of arrival. */
export class KeyedLock {
  readonly #turns = new Map<string, Turns>();

  /** Runs `work` while others may share the key. */
  async shared<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#run(key, false, work);
  }

  /** Runs `work` while no other work holds the key. */
  async exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#run(key, true, work);
  }

  async #run<T>(key: string, alone: boolean, work: () => Promise<T>): Promise<T> {
    const turns = this.#turns.get(key) ?? new Turns();
    this.#turns.set(key, turns);
    await turns.enter(alone);
    try {
      return await work();
    } finally {
      turns.leave();
      if (turns.isIdle) this.#turns.delete(key);
    }
  }
}

class Turns {
  #running = 0;
  #isAlone = false;
  readonly #waiting: { readonly alone: boolean; readonly enter: () => void }[] = [];

  get isIdle(): boolean {
    return this.#running === 0 && this.#waiting.length === 0;
  }

  async enter(alone: boolean): Promise<void> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ alone, enter });
      this.#admit();
    });
  }

  leave(): void {
    this.#running--;
    this.#isAlone = false;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#isAlone || (next.alone && this.#running > 0)) return;
      this.#waiting.shift();
      this.#running++;
      this.#isAlone = next.alone;
      next.enter();
    }
  }
}
