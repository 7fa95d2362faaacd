import type { Address } from "../core/address.js";
import type { Change } from "../core/change.js";
import type { ChangeResult } from "./outcome.js";

/** What happened, for the views. The engine writes to no stream. */
export type EngineEvent =
  | {
      readonly type: "phase";
      readonly phase: "resolve" | "refresh" | "apply" | "verify";
      readonly total: number;
    }
  /** One more request of the phase is done. */
  | {
      readonly type: "progress";
      readonly phase: "resolve" | "refresh" | "apply" | "verify";
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: "change-started"; readonly address: Address; readonly action: string }
  /** A change has ended, well or not. */
  | { readonly type: "change-ended"; readonly change: Change; readonly result: ChangeResult }
  | { readonly type: "notice"; readonly text: string };

/** Takes events as they come. */
export type OnEvent = (event: EngineEvent) => void;
