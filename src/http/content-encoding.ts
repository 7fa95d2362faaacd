import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/**
 * The body of an answer, decompressed. Nothing asks for compression, but what stands between may compress all the same.
 *
 * @param maxBytes of the decompressed body
 * @throws Error when it is not what the header says, or larger
 */
export function decoded(body: Buffer, encoding: string | string[] | undefined, maxBytes: number): Buffer {
  const options = { maxOutputLength: maxBytes };
  switch (
    String(encoding ?? "identity")
      .trim()
      .toLowerCase()
  ) {
    case "gzip":
    case "x-gzip":
      return gunzipSync(body, options);
    case "deflate":
      return inflateSync(body, options);
    case "br":
      return brotliDecompressSync(body, options);
    default:
      return body;
  }
}
