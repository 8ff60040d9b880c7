/**
 * A text file as Latin-1, in which Finesse exchanges contacts: a file that is UTF-8 is rewritten, any other is Latin-1 already.
 *
 * @param {Uint8Array} bytes
 * @returns {Uint8Array<ArrayBuffer>} What Latin-1 does not have is a question mark.
 */
export function latin1(bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
  return Uint8Array.from([...text], (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? code : 63;
  });
}
