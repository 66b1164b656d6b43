import { useEffect } from "react";

/** Whoever uses the keyboard stays where they are when what has the focus goes away: in the nearest thing around it. */
export function useKeptFocus(): void {
  useEffect(() => {
    let focused: Element | undefined;
    let around: readonly HTMLElement[] = [];
    const remember = ({ target }: FocusEvent) => {
      focused = target instanceof Element ? target : undefined;
      around = [...placesAround(focused)];
    };
    const observer = new MutationObserver(() => {
      if (!focused || focused.isConnected || document.activeElement !== document.body) return;
      focused = undefined;
      around.find((place) => place.isConnected)?.focus({ preventScroll: true });
    });
    document.addEventListener("focusin", remember);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", remember);
      observer.disconnect();
    };
  }, []);
}

/** What can have the focus around an element, from near to far. */
function* placesAround(element: Element | undefined): Generator<HTMLElement> {
  for (let place = element?.parentElement; place; place = place.parentElement) {
    if (place.hasAttribute("tabindex")) yield place;
  }
}
