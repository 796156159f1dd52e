// The word to move focus comes from the server, a moment after the part has been shown. Somebody who has begun to type by then is left alone.
export function focusUnlessTyping(element) {
  if (element?.isConnected && !document.activeElement?.matches("input, textarea, select")) element.focus();
}
