import { setFlagsFromString } from "node:v8";

/**
 * Has V8 of Node 20 optimize functions only after they have run about twice as long. V8 optimizes 560 functions during an apply of
 * 10,000 requests, in threads that take as much CPU time as the apply itself, which waits for the service most of the time. An apply of
 * 2,000 requests takes a tenth less CPU time this way, and one of 10,000 a fifteenth. Called once a session is open, when most of
 * Node's modules are loaded: afterwards, Node compiles them anew. Later versions of Node would refuse the compiled code that they keep
 * if the flags of V8 changed.
 */
export function optimizeLater(): void {
  if (Number.parseInt(process.versions.node) < 22) setFlagsFromString("--interrupt-budget=150000");
}
