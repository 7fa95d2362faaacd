/*
 * Property tests draw the same random values in every run, so that a run which was green stays green: SEED=N draws others, and
 * RUNS=N draws more.
 */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env["SEED"] ?? 20_260_701) });
