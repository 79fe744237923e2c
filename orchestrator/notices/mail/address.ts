/** One address, ASCII, that ends neither a command nor its angle brackets. Pure. */
export function isPlainAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$/.test(text)
  );
}
