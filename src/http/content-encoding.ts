import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/**
 * Decompresses the body of a response. No request asks for compression, but a proxy or gateway may compress anyway.
 *
 * @param encoding the header Content-Encoding
 * @param maxBytes of the decompressed body
 * @throws Error for a body that is not what the header says; with the code ERR_BUFFER_TOO_LARGE, for one that is larger
 */
export function decompressed(
  body: Buffer,
  encoding: string | string[] | undefined,
  maxBytes: number,
): Buffer {
  const options = { maxOutputLength: maxBytes };
  switch (String(encoding).trim().toLowerCase()) {
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
