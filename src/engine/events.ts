import type { Address } from "../core/address.js";

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
  | {
      readonly type: "change-done";
      readonly address: Address;
      readonly action: string;
      readonly id?: string;
      readonly calls: number;
    }
  | {
      readonly type: "change-failed";
      readonly address: Address;
      readonly action: string;
      readonly reason: string;
    }
  | {
      readonly type: "change-skipped";
      readonly address: Address;
      readonly action: string;
      readonly because: string;
    }
  | { readonly type: "notice"; readonly text: string };

/** Takes events as they come. */
export type OnEvent = (event: EngineEvent) => void;
