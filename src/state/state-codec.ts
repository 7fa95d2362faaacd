import type { State } from "../core/state/state.js";
import { parseState, printState } from "./codec.js";
import { nextTurn } from "../core/time/turns.js";
import { Cipher } from "./encryption/cipher.js";

/** Reads and writes the content of a stored state, encrypted or not. */
export class StateCodec {
  readonly cipher: Cipher;
  readonly #note: (text: string) => void;
  #hasNoted = false;

  /** @param note tells the user something about the state */
  constructor(cipher = new Cipher(), note: (text: string) => void = () => undefined) {
    this.cipher = cipher;
    this.#note = note;
  }

  /** Reads a state, as `parseState` does. @throws StateError as `parseState`; state-encrypted, passphrase-wrong */
  async parse(content: Uint8Array | string, location: string, restore: string): Promise<State> {
    const opened = await this.cipher.open("state", content, location, restore);
    const state = parseState(opened.content, location, restore);
    // Reading a state of 100,000 resources takes a second: progress may show before it is used.
    await nextTurn(undefined);
    if (this.cipher.isOn && !opened.isSealed && !this.#hasNoted) {
      this.#hasNoted = true;
      this.#note(`${location} is not encrypted yet. The next write encrypts it.`);
    }
    return state;
  }

  /** Returns the content to store. */
  async print(state: State): Promise<string> {
    const { lineage, serial } = state;
    return this.cipher.seal("state", printState(state), { lineage, serial });
  }
}
